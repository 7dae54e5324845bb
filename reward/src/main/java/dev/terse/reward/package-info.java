/**
 * Text in, score out. Text comes from a policy that looks for holes all day, so everything here is
 * bounded in time and memory by construction, and nothing in a text is ever executed.
 */
package dev.terse.reward;
