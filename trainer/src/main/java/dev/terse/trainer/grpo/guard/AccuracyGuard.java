package dev.terse.trainer.grpo.guard;

import dev.terse.trainer.grpo.guard.AccuracyGuardConfig.Target;

/**
 * How hard a run presses on length, between two evaluations. After an evaluation with accuracy a
 * and q, the length within which a share of its right completions ends:
 *
 * <pre>
 * a ≥ reference - tolerance            tighten   limit ← max((1 - step)·limit, min(limit, q))
 *                                                weight ← min(1, weight + step)
 * a &lt; reference - tolerance - margin   loosen    limit ← min(max_completion_length, limit/(1 - step))
 *                                                weight ← max(0, weight - step)
 * between                              hold
 * </pre>
 *
 * <p>The limit never falls below q, so it cuts little of what is right today; the weight begins at
 * 0.
 *
 * @param reference the accuracy that is kept; NaN before it is known
 * @param level the limit in tokens, or the strength of length_penalty
 */
public record AccuracyGuard(double reference, double level) {

  /** Fewer problems tell an accuracy by more than ±7 points. */
  public static final int LEAST_PROBLEMS = 200;

  /**
   * As a run begins.
   *
   * @param most max_completion_length
   */
  public static AccuracyGuard start(AccuracyGuardConfig config, int most) {
    Double reference = config.accuracyGuardReference();
    return new AccuracyGuard(
        reference == null ? Double.NaN : reference,
        config.accuracyGuard() == Target.WEIGHT ? 0 : most);
  }

  /**
   * After an evaluation.
   *
   * @param accuracy a
   * @param rightLength q in tokens, of {@code accuracy_guard_quantile}; NaN where none is right
   * @param most max_completion_length
   */
  public AccuracyGuard after(
      double accuracy, double rightLength, AccuracyGuardConfig config, int most) {
    double kept = Double.isNaN(reference) ? accuracy : reference;
    double lost = kept - accuracy - config.accuracyGuardTolerance();
    double step = config.accuracyGuardStep();
    boolean ofWeight = config.accuracyGuard() == Target.WEIGHT;
    double next = level;
    if (lost <= ROUNDING) {
      next = ofWeight ? Math.min(1, level + step) : tighter(rightLength, step);
    } else if (lost > config.accuracyGuardMargin() + ROUNDING) {
      next =
          ofWeight
              ? Math.max(0, level - step)
              : Math.min(most, Math.ceil(level / (1 - step) - ROUNDING));
    }
    return new AccuracyGuard(kept, next);
  }

  /** Accuracies are quotients: 0.6 - 0.59 is not 0.01 in doubles. */
  private static final double ROUNDING = 1e-9;

  private double tighter(double rightLength, double step) {
    return Double.isNaN(rightLength)
        ? level
        : Math.max(Math.ceil((1 - step) * level - ROUNDING), Math.min(level, rightLength));
  }

  /** The limit of a completion where {@code other} would allow as much. */
  public int limit(AccuracyGuardConfig config, int other) {
    return config.accuracyGuard() == Target.LIMIT ? (int) Math.min(level, other) : other;
  }

  /** The strength of length_penalty. */
  public double strength(AccuracyGuardConfig config) {
    return config.accuracyGuard() == Target.WEIGHT ? level : 1;
  }
}
