package dev.terse.trainer.sft;

import dev.terse.engine.TokenScores;
import dev.terse.trainer.loss.SftLoss;
import dev.terse.trainer.loss.UpdateLoss;
import java.util.LinkedHashMap;
import java.util.Map;

/** Sums over the supervised tokens of several passes. */
final class SftStatistics {
  private final SftLoss nll;
  private double loss;
  private double entropy;
  private long correct;

  SftStatistics(SftLoss nll) {
    this.nll = nll;
  }

  void add(TokenScores scores) {
    loss += nll.value(scores);
    for (int i = 0; i < scores.entropies().length; i++) {
      entropy += scores.entropies()[i];
      correct += scores.targetIsArgMax()[i] ? 1 : 0;
    }
  }

  /**
   * Mean negative log-likelihood, mean entropy of the next-token distributions in nats, and how
   * many of the tokens were the likeliest (TRL: mean_token_accuracy).
   */
  UpdateLoss loss() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("loss", loss);
    metrics.put("entropy", entropy / nll.targets());
    metrics.put("mean_token_accuracy", correct / (double) nll.targets());
    return new UpdateLoss(loss, metrics);
  }
}
