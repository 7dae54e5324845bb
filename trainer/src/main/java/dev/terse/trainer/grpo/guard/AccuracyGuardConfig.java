package dev.terse.trainer.grpo.guard;

import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;

/**
 * Pressure on length that follows the held-out accuracy (ours; after PALU, arXiv 2510.10168).
 *
 * @param accuracyGuard what it moves
 * @param accuracyGuardTolerance how far below the reference accuracy still counts as kept
 * @param accuracyGuardMargin how much further it may fall before the pressure is loosened; between
 *     the two nothing moves
 * @param accuracyGuardStep share by which the limit moves at most, and what the weight moves by,
 *     after an evaluation
 * @param accuracyGuardReference the reference accuracy; unset takes that of the evaluation before
 *     the first update
 * @param accuracyGuardQuantile share of the right held-out completions that the limit leaves room
 *     for in any case
 */
public record AccuracyGuardConfig(
    @Default("none") Target accuracyGuard,
    @Default("0.01") @Range("[0, 1]") double accuracyGuardTolerance,
    @Default("0.02") @Range("[0, 1]") double accuracyGuardMargin,
    @Default("0.1") @Range("(0, 1)") double accuracyGuardStep,
    @Default(Default.UNSET) @Range("[0, 1]") Double accuracyGuardReference,
    @Default("0.95") @Range("(0, 1]") double accuracyGuardQuantile) {

  /** What the guard moves. */
  public enum Target {
    NONE,
    /** The limit of a completion, between 1 and max_completion_length. */
    LIMIT,
    /** The strength of length_penalty, between 0 and 1. */
    WEIGHT
  }

  /** Whether there is a guard. */
  public boolean isOn() {
    return accuracyGuard != Target.NONE;
  }
}
