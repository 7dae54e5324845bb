package dev.terse.trainer.loss.policy;

/**
 * {@code vespo} (variational sequence-level soft policy optimization, arXiv 2602.10693): every
 * token keeps its gradient, weighted by a smooth function of its whole completion's ratio W that is
 * 1 at W = 1 and falls on both sides. With ln W = Σ d held in [ln 1e-8, 20], φ taken as a constant:
 *
 * <pre>
 * φ = exp(λ + k·ln W - λ·W)        l = -φ·A·ℓ        dl/dℓ = -φ·A
 * </pre>
 *
 * @param positive k and λ where A ≥ 0 (TRL: vespo_k_pos, vespo_lambda_pos)
 * @param negative k and λ where A &lt; 0 (TRL: vespo_k_neg, vespo_lambda_neg)
 */
public record GammaWeight(Shape positive, Shape negative) implements PolicyTerm {
  private static final double LEAST_LOG = Math.log(1e-8);
  private static final double LEAST_LAMBDA = 1e-4;

  /** k, the power of W, and λ, how fast a large W is damped. */
  public record Shape(double k, double lambda) {}

  @Override
  public double loss(Token token) {
    return derivative(token) * token.logProb();
  }

  @Override
  public double derivative(Token token) {
    return -phi(token) * token.advantage();
  }

  @Override
  public boolean isOfRatio() {
    return false;
  }

  /** φ of the token's completion, 0 or more. */
  public double phi(Token token) {
    Shape shape = token.advantage() >= 0 ? positive : negative;
    double lambda = Math.max(LEAST_LAMBDA, shape.lambda());
    double logW = Math.max(LEAST_LOG, Math.min(LogRatio.MAX, token.sumOfLogRatios()));
    double phi = Math.exp(lambda + shape.k() * logW - lambda * Math.exp(logW));
    return Double.isFinite(phi) ? phi : 0;
  }
}
