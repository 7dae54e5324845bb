/**
 * The losses and advantages as the papers write them: functions of log-probabilities and rewards,
 * which know no tensor, no file and no step of training. A new {@code loss_type} goes into {@link
 * dev.terse.trainer.loss.LossType}.
 */
package dev.terse.trainer.loss;
