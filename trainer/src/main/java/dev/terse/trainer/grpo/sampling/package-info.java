/** Which prompts a generation is drawn of, and how long its completions may be. */
package dev.terse.trainer.grpo.sampling;
