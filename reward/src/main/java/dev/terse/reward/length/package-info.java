/** Rewards shaped by length, within the completions of a prompt: pure functions. */
package dev.terse.reward.length;
