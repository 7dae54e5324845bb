package dev.terse.engine;

/**
 * The backward of the head: the loss to ask, and where its gradients go.
 *
 * @param dHidden [N, C], overwritten; 0 in rows that are not listed
 * @param dHead what is wanted of the head's gradient; rows that are not cost nothing
 */
public record HeadBackward<T extends Tensor>(
    LogProbGradient loss, T dHidden, TableGradient<T> dHead) {

  /**
   * Asks the loss for some of the listed rows, in their order.
   *
   * @param scores of all rows, these ones filled
   * @return d loss / d ln p(target), over the temperature; 0 without a target, [to - from]
   */
  public double[] ask(HeadRows rows, TokenScores scores, int from, int to, double temperature) {
    double[] gradient = new double[to - from];
    for (int k = from; k < to; k++) {
      if (rows.hasTarget(k)) {
        gradient[k - from] = loss.of(k, scores.logProbs()[k]) / temperature;
      }
    }
    return gradient;
  }

  /**
   * Asks the loss for the same rows' entropies.
   *
   * @return d loss / d entropy, over the temperature; 0 without a target, [to - from]
   */
  public double[] askEntropies(
      HeadRows rows, TokenScores scores, int from, int to, double temperature) {
    double[] gradient = new double[to - from];
    for (int k = from; k < to; k++) {
      if (rows.hasTarget(k)) {
        gradient[k - from] = loss.ofEntropy(k, scores.entropies()[k]) / temperature;
      }
    }
    return gradient;
  }

  /**
   * Asks the loss for the same rows' mean log-probabilities.
   *
   * @return d loss / d mean ln p, over the temperature; 0 without a target, [to - from]
   */
  public double[] askMeans(
      HeadRows rows, TokenScores scores, int from, int to, double temperature) {
    double[] gradient = new double[to - from];
    for (int k = from; k < to; k++) {
      if (rows.hasTarget(k)) {
        gradient[k - from] = loss.ofMean(k, scores.meanLogProbs()[k]) / temperature;
      }
    }
    return gradient;
  }
}
