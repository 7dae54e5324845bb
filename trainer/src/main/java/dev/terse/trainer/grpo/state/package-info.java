/** What a GRPO checkpoint holds beside weights, moments and completions. */
package dev.terse.trainer.grpo.state;
