package dev.terse.trainer.loss;

/**
 * The clipped policy objective of one token, or of one sequence (PPO, arXiv 1707.06347; asymmetric
 * range of DAPO, arXiv 2503.14476; cap δ of INTELLECT-2). With d the log-ratio and ρ = exp(d):
 *
 * <pre>
 * l(d) = -min( min(ρ, δ)·A,  clip(ρ, 1-εl, 1+εh)·A )
 * </pre>
 *
 * <p>d is held in [-20, 20] before the exponential, as verl, NeMo and OpenRLHF do; TRL does not.
 *
 * @param epsilonLow εl (TRL: epsilon)
 * @param epsilonHigh εh (TRL: epsilon_high, epsilon where that is not set)
 * @param delta δ (TRL: delta), infinite for none
 */
public record ClippedSurrogate(double epsilonLow, double epsilonHigh, double delta) {
  /** Bound on log-ratios, so that exp stays far from overflow. */
  static final double MAX_LOG_RATIO = 20;

  /** ρ. */
  public static double ratio(double logRatio) {
    return Math.exp(Math.max(-MAX_LOG_RATIO, Math.min(MAX_LOG_RATIO, logRatio)));
  }

  /** l(d). */
  public double loss(double logRatio, double advantage) {
    double ratio = ratio(logRatio);
    return -Math.min(capped(ratio) * advantage, clipped(ratio) * advantage);
  }

  /**
   * dl/dd: -ρA where the smaller branch moves with ρ, else 0. Where both branches are equal both
   * move (as at ρ = 1, the on-policy case).
   */
  public double derivative(double logRatio, double advantage) {
    if (Math.abs(logRatio) > MAX_LOG_RATIO) {
      return 0;
    }
    double ratio = ratio(logRatio);
    boolean cappedIsLess = capped(ratio) * advantage <= clipped(ratio) * advantage;
    boolean moves =
        cappedIsLess ? ratio <= delta : ratio >= 1 - epsilonLow && ratio <= 1 + epsilonHigh;
    return moves ? -ratio * advantage : 0;
  }

  /** Whether the range cuts a falling token: ρ < 1-εl and A < 0. */
  public boolean clipsLow(double logRatio, double advantage) {
    return capped(ratio(logRatio)) < 1 - epsilonLow && advantage < 0;
  }

  /** Whether the range cuts a rising token: ρ > 1+εh and A > 0. */
  public boolean clipsHigh(double logRatio, double advantage) {
    return capped(ratio(logRatio)) > 1 + epsilonHigh && advantage > 0;
  }

  private double capped(double ratio) {
    return Math.min(ratio, delta);
  }

  private double clipped(double ratio) {
    return Math.max(1 - epsilonLow, Math.min(1 + epsilonHigh, ratio));
  }
}
