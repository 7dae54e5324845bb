/**
 * Where the numbers of a run go: console, metrics.jsonl, event files, listeners. It knows no kind
 * of training.
 */
package dev.terse.trainer.metrics;
