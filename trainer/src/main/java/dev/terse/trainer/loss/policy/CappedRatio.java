package dev.terse.trainer.loss.policy;

/**
 * {@code cispo} (MiniMax-M1, arXiv 2506.13585): every token keeps its gradient, its ratio is a
 * weight that is cut from above. With ρ = exp(d) taken as a constant:
 *
 * <pre>
 * l = -min(ρ, cap)·A·ℓ        dl/dℓ = -min(ρ, cap)·A
 * </pre>
 *
 * @param cap the greatest weight itself, not 1 + ε (TRL: epsilon_high; epsilon where that is unset)
 */
public record CappedRatio(double cap) implements PolicyTerm {

  @Override
  public double loss(Token token) {
    return derivative(token) * token.logProb();
  }

  @Override
  public double derivative(Token token) {
    return -Math.min(LogRatio.ratio(token.logRatio()), cap) * token.advantage();
  }

  @Override
  public boolean isOfRatio() {
    return false;
  }

  /** Whether the cap cuts a rising token: ρ > cap and A > 0. */
  public boolean caps(Token token) {
    return LogRatio.ratio(token.logRatio()) > cap && token.advantage() > 0;
  }
}
