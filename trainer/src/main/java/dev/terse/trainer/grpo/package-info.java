/** Group relative policy optimization: the configuration, the step and the run. */
package dev.terse.trainer.grpo;
