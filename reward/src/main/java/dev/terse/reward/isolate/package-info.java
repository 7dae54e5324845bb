/**
 * Runs rewards that users wrote in child processes that can be killed: a reward may hang, exhaust
 * its memory or end its process, and training goes on. A child bounds time and memory; it is no
 * security border against code that the user chose to run.
 */
package dev.terse.reward.isolate;
