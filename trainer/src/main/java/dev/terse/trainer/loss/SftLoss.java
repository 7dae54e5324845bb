package dev.terse.trainer.loss;

import dev.terse.engine.LogProbGradient;

/**
 * The loss of supervised tokens, a mean over those of the whole update. N is counted over all
 * passes of the update, so the loss and its gradient do not depend on how the update is split (TRL
 * issue 5619 is the classic mistake). With p of a target taken as a constant where it is a weight:
 *
 * <pre>
 * nll   -Σ ln p / N            negative log-likelihood
 * dft   -Σ p · ln p / N        dynamic fine-tuning (arXiv 2508.05629)
 * </pre>
 *
 * @param targets N
 * @param weight what each token's loss is multiplied by
 */
public record SftLoss(long targets, Weight weight) implements LogProbGradient {

  /** What a token's negative log-likelihood is multiplied by. */
  public enum Weight {
    ONE,
    OWN_PROBABILITY;

    private double of(double logProb) {
      return this == ONE ? 1 : Math.exp(logProb);
    }
  }

  public SftLoss {
    if (targets < 1) {
      throw new IllegalArgumentException("an update without a supervised token teaches nothing");
    }
  }

  /** The negative log-likelihood. */
  public SftLoss(long targets) {
    this(targets, Weight.ONE);
  }

  /** The weight over -N, for every token. */
  @Override
  public double of(int index, double logProb) {
    return -weight.of(logProb) / targets;
  }

  /** The share of the loss that these tokens bring. */
  public double value(double[] logProbs) {
    double sum = 0;
    for (double logProb : logProbs) {
      sum -= weight.of(logProb) * logProb;
    }
    return sum / targets;
  }
}
