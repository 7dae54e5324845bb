/**
 * What every training does: updates in order, evaluations, checkpoints, an orderly stop. It knows
 * no kind of training.
 */
package dev.terse.trainer.loop;
