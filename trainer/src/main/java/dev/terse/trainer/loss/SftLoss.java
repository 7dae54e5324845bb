package dev.terse.trainer.loss;

import dev.terse.engine.LogProbGradient;

/**
 * Mean negative log-likelihood over the supervised tokens of the whole update: loss = -Σ ln p / N.
 * N is counted over all passes of the update, so the loss and its gradient do not depend on how the
 * update is split (TRL issue 5619 is the classic mistake).
 *
 * @param targets N
 */
public record SftLoss(long targets) implements LogProbGradient {

  public SftLoss {
    if (targets < 1) {
      throw new IllegalArgumentException("an update without a supervised token teaches nothing");
    }
  }

  /** -1/N for every token. */
  @Override
  public double of(int index, double logProb) {
    return -1.0 / targets;
  }

  /** The share of the loss that these tokens bring. */
  public double value(double[] logProbs) {
    double sum = 0;
    for (double logProb : logProbs) {
      sum -= logProb;
    }
    return sum / targets;
  }
}
