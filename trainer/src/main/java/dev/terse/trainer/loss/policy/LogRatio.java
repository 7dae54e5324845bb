package dev.terse.trainer.loss.policy;

/**
 * Log-ratios, held in [-20, 20] before the exponential so that no number overflows, as verl, NeMo
 * and OpenRLHF do; TRL holds them in {@code vespo} alone.
 */
public final class LogRatio {
  /** The bound. */
  public static final double MAX = 20;

  private LogRatio() {}

  /** d within its bounds. */
  public static double held(double logRatio) {
    return Math.max(-MAX, Math.min(MAX, logRatio));
  }

  /** ρ = exp(d). */
  public static double ratio(double logRatio) {
    return Math.exp(held(logRatio));
  }

  /** dρ/dd: ρ, and 0 beyond the bounds. */
  public static double derivative(double logRatio) {
    return Math.abs(logRatio) > MAX ? 0 : Math.exp(logRatio);
  }
}
