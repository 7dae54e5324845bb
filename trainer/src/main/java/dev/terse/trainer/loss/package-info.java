/**
 * The losses of SFT and GRPO as pure functions of log-probabilities. They see no tensor, no model
 * and no file.
 */
package dev.terse.trainer.loss;
