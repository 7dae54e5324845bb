package dev.terse.trainer.loss;

import dev.terse.trainer.loss.policy.LogRatio;

/**
 * Schulman's k3 estimate of the divergence from the reference, one token at a time. With x = ln
 * π_ref - ln π:
 *
 * <pre>
 * k3(x) = exp(x) - 1 - x        dk3/d ln π = -(exp(x) - 1)
 * </pre>
 *
 * <p>Written with expm1, since exp(x) - x - 1 cancels to 0 or below for small x. x is held in [-20,
 * 20], as verl and NeMo do; TRL does not.
 */
public final class KlEstimator {
  private KlEstimator() {}

  /** k3, 0 or more. */
  public static double k3(double logProb, double referenceLogProb) {
    double x = LogRatio.held(referenceLogProb - logProb);
    return Math.expm1(x) - x;
  }

  /** dk3/d ln π; 0 beyond the bound. */
  public static double derivative(double logProb, double referenceLogProb) {
    double x = referenceLogProb - logProb;
    return Math.abs(x) > LogRatio.MAX ? 0 : -Math.expm1(x);
  }
}
