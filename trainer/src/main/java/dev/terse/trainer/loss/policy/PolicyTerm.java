package dev.terse.trainer.loss.policy;

/**
 * The loss l of one token that moves the policy along its advantage, in TRL's {@code loss_type}.
 * Divergence from the reference, weights and masks are added elsewhere.
 */
public sealed interface PolicyTerm permits ClippedSurrogate, CappedRatio, SoftGate, GammaWeight {

  /**
   * A token, as the policy sees it.
   *
   * @param logProb ℓ, its log-probability now
   * @param logRatio d = ℓ - ℓ°, or the mean of d over the completion where ratios speak of
   *     sequences; 0 on policy
   * @param sumOfLogRatios Σ d over its completion, each held in ±20; 0 on policy
   * @param advantage A of its completion
   */
  record Token(double logProb, double logRatio, double sumOfLogRatios, double advantage) {}

  /** l. */
  double loss(Token token);

  /** dl/dd where l is a function of the ratio, else dl/dℓ. */
  double derivative(Token token);

  /**
   * Whether l moves with the ratio, which a whole completion may share, and not with ℓ of its own
   * token.
   */
  boolean isOfRatio();
}
