/**
 * Whether a completion answers right. The text comes from a policy that looks for holes all day:
 * everything here is bounded in time and memory by construction, and nothing in a text is executed.
 * Knows no rewards.
 */
package dev.terse.answers;
