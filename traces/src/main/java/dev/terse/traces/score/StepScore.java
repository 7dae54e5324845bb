package dev.terse.traces.score;

import java.util.List;
import java.util.Locale;

/** The number by which steps are ranked. */
public enum StepScore {
  /** Mean token entropy of the step: the paper's final version. */
  ENTROPY_MEAN,
  /** Summed token entropy: the paper's first version; favours short steps. */
  ENTROPY_SUM,
  /** Mean of -log2 p of the tokens that were chosen. */
  SURPRISAL_MEAN,
  /**
   * Mean of -p log2 p of the tokens that were chosen: the authors' code; not rising in surprise.
   */
  NEG_PLOGP_MEAN,
  /** Number of tokens: a control that reads nothing. */
  LENGTH,
  /** Place in the chain: the first-k (low) and last-k (high) controls. */
  POSITION;

  /** One number a step. */
  public double[] of(List<ScoredStep> steps) {
    double[] scores = new double[steps.size()];
    for (int i = 0; i < scores.length; i++) {
      ScoredStep step = steps.get(i);
      int m = Math.max(1, step.tokens());
      scores[i] =
          switch (this) {
            case ENTROPY_MEAN -> step.entropyMean();
            case ENTROPY_SUM -> step.entropySum();
            case SURPRISAL_MEAN -> step.surprisalSum() / m;
            case NEG_PLOGP_MEAN -> step.plogpSum() / m;
            case LENGTH -> step.tokens();
            case POSITION -> i;
          };
    }
    return scores;
  }

  /** The name in configuration, e.g. {@code entropy_mean}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
