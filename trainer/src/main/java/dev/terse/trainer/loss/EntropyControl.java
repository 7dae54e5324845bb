package dev.terse.trainer.loss;

/**
 * The weight of the entropy bonus as it stands between two updates (Skywork-OR1, arXiv 2505.22312;
 * TRL: use_adaptive_entropy). With H the mean entropy of an update's tokens:
 *
 * <pre>
 * coef ← min(coef + delta, max)  if H ≤ target,  else max(coef - delta, min)
 * applied to the next update: coef if H ≤ target, else 0
 * </pre>
 *
 * @param coef the weight
 * @param entropy H of the update before; infinite before the first
 */
public record EntropyControl(double coef, double entropy) {

  /** As a run begins. */
  public static EntropyControl start(EntropyBonusConfig config) {
    return new EntropyControl(config.entropyCoef(), Double.POSITIVE_INFINITY);
  }

  /** What the next update applies. */
  public double applied(EntropyBonusConfig config) {
    boolean applies = !config.useAdaptiveEntropy() || entropy <= config.entropyTarget();
    return applies ? coef : 0;
  }

  /**
   * After an update.
   *
   * @param now its H; where it is not a number nothing changes
   */
  public EntropyControl after(double now, EntropyBonusConfig config) {
    if (!config.useAdaptiveEntropy() || Double.isNaN(now)) {
      return this;
    }
    double moved =
        now <= config.entropyTarget()
            ? Math.min(coef + config.entropyCoefDelta(), config.entropyCoefMax())
            : Math.max(coef - config.entropyCoefDelta(), config.entropyCoefMin());
    return new EntropyControl(moved, now);
  }
}
