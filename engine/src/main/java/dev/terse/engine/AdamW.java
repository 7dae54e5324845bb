package dev.terse.engine;

import dev.terse.engine.numbers.StochasticRounding;

/**
 * One AdamW update (Loshchilov and Hutter, arXiv 1711.05101), with g = gradient * gradScale:
 *
 * <pre>
 * m = β1 m + (1-β1) g          v = β2 v + (1-β2) g²
 * w = w (1 - lr·decay) - lr · (m / (1-β1^t)) / (sqrt(v / (1-β2^t)) + ε)
 * </pre>
 *
 * @param learningRate lr (TRL: learning_rate after the schedule)
 * @param beta1 TRL: adam_beta1
 * @param beta2 TRL: adam_beta2
 * @param epsilon TRL: adam_epsilon
 * @param weightDecay decay of this tensor (TRL: weight_decay; 0 for norms and biases)
 * @param step t, 1 for the first update
 * @param gradScale factor on the gradient: clipping
 * @param seed of the {@link StochasticRounding} of bfloat16 moments; without effect on others
 */
public record AdamW(
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    int step,
    double gradScale,
    long seed) {

  /** 1 - β1^t. */
  public double correction1() {
    return 1 - Math.pow(beta1, step);
  }

  /** 1 - β2^t. */
  public double correction2() {
    return 1 - Math.pow(beta2, step);
  }
}
