package dev.terse.trainer.grpo;

import dev.terse.engine.TokenScores;
import dev.terse.model.transformer.Decoder;
import dev.terse.trainer.loss.GrpoLoss;
import dev.terse.trainer.loss.PolicyStatistics;
import dev.terse.trainer.loss.UpdateLoss;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.optim.Gradient;
import java.util.Arrays;
import java.util.List;

/**
 * The GRPO loss of an update and its gradient by the policy's weights, pass by pass.
 *
 * @param policy not owned
 */
record PolicyGradient(Decoder policy, GrpoConfig config, GrpoPasses passes, Phases phases) {

  /**
   * Adds the gradient of the loss over some episodes of a generation.
   *
   * @param rows those of one update, [B]
   * @return the loss, with metrics under TRL's names
   */
  UpdateLoss addTo(Gradient gradient, Generation generation, int[] rows) {
    PolicyStatistics statistics = new PolicyStatistics(config.loss().objective());
    SamplerAgreement agreement = new SamplerAgreement();
    double[] weights = weights(generation.episodes(), rows);
    List<GrpoBatch> batches =
        passes.of(generation.number(), generation.episodes(), rows, row -> weights[row] > 0);
    try (var phase = phases.start("update", "tokens", tokens(batches))) {
      for (GrpoBatch batch : batches) {
        GrpoLoss.Tokens tokens = batch.inLoss(generation, weights);
        GrpoLoss loss = new GrpoLoss(config.loss().objective(), tokens, () -> score(batch));
        TokenScores scores = backward(batch, loss, gradient);
        statistics.add(loss, scores);
        if (!config.dropsOut()) { // else the sampler, which leaves nothing out, had other numbers
          agreement.add(batch, tokens.oldLogProbs().orElse(scores.logProbs()));
        }
        phase.advance(tokens(List.of(batch)));
      }
    }
    return statistics.loss().with(agreement.metrics());
  }

  /** w of the tokens of each row: 0 for those of other updates and for masked ones, [P·G]. */
  private double[] weights(List<Episode> episodes, int[] rows) {
    int[] lengths = Arrays.stream(rows).map(row -> lossTokens(episodes.get(row))).toArray();
    double[] own =
        config
            .loss()
            .lossType()
            .weights(lengths, passes.microBatch(), config.generation().maxCompletionLength());
    double[] weights = new double[episodes.size()];
    for (int i = 0; i < rows.length; i++) {
      weights[rows[i]] = own[i];
    }
    return weights;
  }

  private int lossTokens(Episode episode) {
    boolean masked = config.loss().maskTruncatedCompletions() && episode.truncated();
    return masked ? 0 : episode.tokens();
  }

  private TokenScores backward(GrpoBatch batch, GrpoLoss loss, Gradient gradient) {
    return policy.accumulate(
        batch.tokens(),
        batch.targets(),
        config.generation().temperature(),
        loss,
        gradient.sums(),
        config.training().gradientCheckpointing());
  }

  private double[] score(GrpoBatch batch) {
    return policy
        .score(batch.tokens(), batch.targets(), config.generation().temperature())
        .logProbs();
  }

  private static long tokens(List<GrpoBatch> batches) {
    return batches.stream().mapToLong(batch -> batch.targets().count()).sum();
  }
}
