package dev.terse.engine;

/**
 * A loss, seen from the head: its derivative by the log-probability of one target, and by the
 * entropy and the mean log-probability of that row's distribution. Each is called once for each row
 * that has a target, in rising order, after that row's numbers are known; so the head can go back
 * through a chunk of the vocabulary while it still holds it.
 */
@FunctionalInterface
public interface LogProbGradient {

  /**
   * @param index index into {@link HeadRows}
   * @param logProb ln p(target)
   * @return d loss / d logProb
   */
  double of(int index, double logProb);

  /**
   * @param index index into {@link HeadRows}
   * @param entropy in nats
   * @return d loss / d entropy; 0 for a loss that does not know entropies
   */
  default double ofEntropy(int index, double entropy) {
    return 0;
  }

  /**
   * @param index index into {@link HeadRows}
   * @param meanLogProb mean of ln p over the vocabulary
   * @return d loss / d meanLogProb; 0 for a loss that does not smooth labels
   */
  default double ofMean(int index, double meanLogProb) {
    return 0;
  }
}
