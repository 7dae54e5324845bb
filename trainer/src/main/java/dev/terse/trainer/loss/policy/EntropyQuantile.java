package dev.terse.trainer.loss.policy;

import java.util.Arrays;

/**
 * Which tokens of a micro-batch are uncertain enough to move the policy ("Beyond the 80/20 rule",
 * arXiv 2506.01939; TRL: top_entropy_quantile).
 */
public final class EntropyQuantile {
  private EntropyQuantile() {}

  /**
   * The least entropy that is kept: the (1 - top) quantile, between two neighbours in proportion.
   * The rank is taken in float32, as torch takes it, so that a rank meant to be whole is whole.
   *
   * @param entropies of all tokens of a micro-batch that bear loss, in nats
   * @param top share that is kept, [0, 1]
   * @return infinite where there are no tokens
   */
  public static double threshold(double[] entropies, double top) {
    if (entropies.length == 0) {
      return Double.POSITIVE_INFINITY;
    }
    double[] sorted = entropies.clone();
    Arrays.sort(sorted);
    float rank = (float) (1 - top) * (sorted.length - 1);
    int below = (int) rank;
    int above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
  }
}
