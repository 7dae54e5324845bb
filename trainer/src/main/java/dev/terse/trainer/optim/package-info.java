/**
 * AdamW with clipping, and the learning rate of each update. It knows gradients, not what they are
 * of.
 */
package dev.terse.trainer.optim;
