package dev.terse.trainer.loss.policy;

/**
 * A bound on how far a policy leaves the one that drew its completions (DRPO, arXiv 2510.04474): ½
 * · β · max(KL - δ, 0)², by its gradient max(β · (KL - δ), 0) · ∇KL. KL is the mean of ℓ° - ℓ over
 * the tokens of a micro-batch, which the policy that drew them sampled.
 *
 * @param beta β; 0 for no bound
 * @param delta δ, nats a token that are free
 */
public record KlBound(double beta, double delta) {
  public static final KlBound NONE = new KlBound(0, 0);

  public boolean isOn() {
    return beta > 0;
  }

  /** The factor of KL's gradient, a constant while it is differentiated. */
  public double pull(double kl) {
    return Math.max(0, beta * (kl - delta));
  }
}
