/**
 * Several data sets as one: what TRL's {@code dataset_mixture} and {@code datasets} name, which of
 * their rows are used, and which are held out to evaluate on.
 */
package dev.terse.trainer.data.mixture;
