/**
 * Text in, score out: what a reward sees, gives, and how several make one. Users implement {@link
 * dev.terse.reward.RewardTerm}. Knows no tensors and no models.
 */
package dev.terse.reward;
