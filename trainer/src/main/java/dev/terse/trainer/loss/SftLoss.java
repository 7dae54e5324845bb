package dev.terse.trainer.loss;

import dev.terse.engine.LogProbGradient;
import dev.terse.engine.TokenScores;

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
 * <p>With labels smoothed by ε the first is {@code (1 - ε)} times that, plus ε times the mean of
 * -ln p over the vocabulary (transformers: LabelSmoother).
 *
 * @param targets N
 * @param weight what each token's loss is multiplied by
 * @param smoothing ε, in [0, 1]; TRL: label_smoothing_factor
 */
public record SftLoss(long targets, Weight weight, double smoothing) implements LogProbGradient {

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
    this(targets, Weight.ONE, 0);
  }

  /** The weight over -N, for every token, less what smoothing takes. */
  @Override
  public double of(int index, double logProb) {
    return -(1 - smoothing) * weight.of(logProb) / targets;
  }

  @Override
  public double ofMean(int index, double meanLogProb) {
    return -smoothing / targets;
  }

  /** The share of the loss that these tokens bring; all of them have a target. */
  public double value(TokenScores scores) {
    double sum = 0;
    for (int i = 0; i < scores.logProbs().length; i++) {
      double logProb = scores.logProbs()[i];
      sum -= (1 - smoothing) * weight.of(logProb) * logProb;
      sum -= smoothing == 0 ? 0 : smoothing * scores.meanLogProbs()[i];
    }
    return sum / targets;
  }
}
