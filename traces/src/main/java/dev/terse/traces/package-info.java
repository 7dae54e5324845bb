/**
 * The training set of the method: traces in, each read, scored and pruned once, rows for SFT out.
 * Knows no training loop and no reward.
 */
package dev.terse.traces;
