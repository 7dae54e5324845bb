/**
 * The entropy of each step of a trace, as a model that reads it gives it. Knows nothing of what is
 * pruned.
 */
package dev.terse.traces.score;
