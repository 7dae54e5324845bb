package dev.terse.trainer.sft;

import dev.terse.engine.TokenScores;
import dev.terse.trainer.loss.SftLoss;

/** Sums over the supervised tokens of several passes. */
final class SftStatistics {
  private final SftLoss share;
  private double loss;
  private double entropy;
  private long correct;

  SftStatistics(SftLoss share) {
    this.share = share;
  }

  void add(TokenScores scores) {
    loss += share.value(scores.logProbs());
    for (int i = 0; i < scores.entropies().length; i++) {
      entropy += scores.entropies()[i];
      correct += scores.targetIsArgMax()[i] ? 1 : 0;
    }
  }

  /** Mean negative log-likelihood. */
  double loss() {
    return loss;
  }

  /** Mean entropy of the next-token distributions, nats. */
  double entropy() {
    return entropy / share.targets();
  }

  /** Share of tokens that were the likeliest (TRL: mean_token_accuracy). */
  double accuracy() {
    return correct / (double) share.targets();
  }
}
