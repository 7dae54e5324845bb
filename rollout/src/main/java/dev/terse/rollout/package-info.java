/**
 * Groups of completions: prompts are decoded in slots over a key-value cache, each token drawn by
 * its own seed. Knows no reward and no training.
 */
package dev.terse.rollout;
