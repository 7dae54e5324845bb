/** Supervised fine-tuning: the configuration, the step and the run. */
package dev.terse.trainer.sft;
