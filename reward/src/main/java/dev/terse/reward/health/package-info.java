/** Why rewards teach nothing: pure functions of completions and what they earned. */
package dev.terse.reward.health;
