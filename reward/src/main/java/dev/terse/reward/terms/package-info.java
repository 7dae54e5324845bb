/**
 * The built-in terms, their thresholds, and the rubrics that configuration names. Completions come
 * from a policy that looks for holes all day: every term is bounded in time and memory.
 */
package dev.terse.reward.terms;
