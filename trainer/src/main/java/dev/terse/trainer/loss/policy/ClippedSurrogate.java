package dev.terse.trainer.loss.policy;

/**
 * The clipped policy objective of one token, or of one sequence (PPO, arXiv 1707.06347; asymmetric
 * range of DAPO, arXiv 2503.14476; cap δ of INTELLECT-2): {@code grpo}, {@code dapo}, {@code
 * dr_grpo}, {@code bnpo} and {@code luspo}. With d the log-ratio and ρ = exp(d):
 *
 * <pre>
 * l(d) = -min( min(ρ, δ)·A,  clip(ρ, 1-εl, 1+εh)·A )
 * </pre>
 *
 * @param epsilonLow εl (TRL: epsilon)
 * @param epsilonHigh εh (TRL: epsilon_high, epsilon where that is not set)
 * @param delta δ (TRL: delta), infinite for none
 */
public record ClippedSurrogate(double epsilonLow, double epsilonHigh, double delta)
    implements PolicyTerm {

  @Override
  public double loss(Token token) {
    double ratio = LogRatio.ratio(token.logRatio());
    return -Math.min(capped(ratio) * token.advantage(), clipped(ratio) * token.advantage());
  }

  /**
   * dl/dd: -ρA where the smaller branch moves with ρ, else 0. Where both branches are equal both
   * move (as at ρ = 1, the on-policy case).
   */
  @Override
  public double derivative(Token token) {
    double ratio = LogRatio.ratio(token.logRatio());
    double advantage = token.advantage();
    boolean cappedIsLess = capped(ratio) * advantage <= clipped(ratio) * advantage;
    boolean moves =
        cappedIsLess ? ratio <= delta : ratio >= 1 - epsilonLow && ratio <= 1 + epsilonHigh;
    return moves ? -LogRatio.derivative(token.logRatio()) * advantage : 0;
  }

  @Override
  public boolean isOfRatio() {
    return true;
  }

  /** Whether the range cuts a falling token: ρ &lt; 1-εl and A &lt; 0. */
  public boolean clipsLow(Token token) {
    return capped(LogRatio.ratio(token.logRatio())) < 1 - epsilonLow && token.advantage() < 0;
  }

  /** Whether the range cuts a rising token: ρ > 1+εh and A > 0. */
  public boolean clipsHigh(Token token) {
    return capped(LogRatio.ratio(token.logRatio())) > 1 + epsilonHigh && token.advantage() > 0;
  }

  private double capped(double ratio) {
    return Math.min(ratio, delta);
  }

  private double clipped(double ratio) {
    return Math.max(1 - epsilonLow, Math.min(1 + epsilonHigh, ratio));
  }
}
