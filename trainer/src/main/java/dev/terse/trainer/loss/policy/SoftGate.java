package dev.terse.trainer.loss.policy;

/**
 * {@code sapo} (soft adaptive policy optimization, arXiv 2511.20347): a sigmoid in the place of the
 * clip, sharper where the advantage is not above 0. With ρ = exp(d) and σ(x) = 1 / (1 + exp(-x)):
 *
 * <pre>
 * l(d) = -(4/τ)·σ(τ(ρ-1))·A        dl/dd = -4·σ·(1-σ)·ρ·A        τ = τ₊ if A > 0, else τ₋
 * </pre>
 *
 * @param positive τ₊ (TRL: sapo_temperature_pos)
 * @param negative τ₋ (TRL: sapo_temperature_neg)
 */
public record SoftGate(double positive, double negative) implements PolicyTerm {

  @Override
  public double loss(Token token) {
    return -4 / temperature(token) * sigmoid(token) * token.advantage();
  }

  @Override
  public double derivative(Token token) {
    double sigmoid = sigmoid(token);
    double ofRatio = LogRatio.derivative(token.logRatio());
    return -4 * sigmoid * (1 - sigmoid) * ofRatio * token.advantage();
  }

  @Override
  public boolean isOfRatio() {
    return true;
  }

  private double sigmoid(Token token) {
    return 1 / (1 + Math.exp(-temperature(token) * (LogRatio.ratio(token.logRatio()) - 1)));
  }

  private double temperature(Token token) {
    return token.advantage() > 0 ? positive : negative;
  }
}
