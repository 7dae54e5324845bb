package dev.terse.trainer.grpo;

import dev.terse.engine.SeedTree;
import dev.terse.engine.TokenScores;
import dev.terse.io.Passes;
import dev.terse.model.Decoder;
import dev.terse.model.Parameters;
import dev.terse.trainer.loss.GrpoLoss;
import dev.terse.trainer.loss.PolicyStatistics;
import dev.terse.trainer.loss.TokenWeights;
import dev.terse.trainer.metrics.Phases;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/** The gradient of the GRPO loss by the policy's weights, pass by pass. */
final class PolicyGradient {
  private final Decoder policy;
  private final ReferenceModel reference;
  private final GrpoConfig config;
  private final GrpoLoss.Objective objective;
  private final BatchPlan plan;
  private final Phases phases;
  private final double temperature;

  /**
   * @param reference null where beta is 0; not owned
   */
  PolicyGradient(
      Decoder policy, ReferenceModel reference, GrpoConfig config, BatchPlan plan, Phases phases) {
    this.policy = policy;
    this.reference = reference;
    this.config = config;
    this.objective = config.loss().objective();
    this.plan = plan;
    this.phases = phases;
    this.temperature = config.generation().temperature();
  }

  /**
   * What a pass over the episodes of an update found.
   *
   * @param loss its value
   * @param metrics under TRL's names
   */
  record Result(double loss, Map<String, Double> metrics) {}

  /**
   * The episodes of a generation with what the loss compares with: the reference's
   * log-probabilities where beta asks for it, and the policy's own before its first update where
   * there will be more than one.
   *
   * @param number of the generation: what dropout leaves out of an episode is the same in all its
   *     updates and here, so that the ratio moves with the weights alone
   */
  List<Episode> prepared(List<Episode> generation, int number) {
    if (plan.isOnPolicy() && reference == null) {
      return generation;
    }
    List<Episode> prepared = new ArrayList<>();
    for (int from = 0; from < generation.size(); from += plan.microBatch()) {
      int to = Math.min(generation.size(), from + plan.microBatch());
      for (List<Episode> pass : passes(generation.subList(from, to), Function.identity())) {
        prepared.addAll(scored(batch(pass, number)));
      }
    }
    return prepared;
  }

  /** The episodes of a batch with what the loss compares with. */
  private List<Episode> scored(GrpoBatch batch) {
    List<double[]> old = plan.isOnPolicy() ? null : batch.perEpisode(score(batch));
    List<double[]> ofReference =
        reference == null
            ? null
            : batch.perEpisode(
                reference.logProbs(batch.tokens().withoutDropout(), batch.targets(), temperature));
    List<Episode> scored = new ArrayList<>();
    for (int e = 0; e < batch.episodes().size(); e++) {
      scored.add(
          batch
              .episodes()
              .get(e)
              .withLogProbs(
                  old == null ? null : old.get(e),
                  ofReference == null ? null : ofReference.get(e)));
    }
    return scored;
  }

  private <T> List<List<T>> passes(List<T> rows, Function<T, Episode> episode) {
    return Passes.ofNeighbours(
        rows,
        (before, row) -> tokens(before == null ? null : episode.apply(before), episode.apply(row)),
        config.training().maxTokensPerPass());
  }

  /** Tokens that an episode adds to a pass behind another one, or as the first. */
  private int tokens(Episode before, Episode episode) {
    boolean shares = !config.dropsOut() && episode.hasPromptOf(before);
    return shares ? 1 + episode.tokens() : episode.sequenceTokens();
  }

  /**
   * A pass. Completions of a prompt share it, unless dropout leaves out other parts of it for each.
   */
  private GrpoBatch batch(List<Episode> episodes, int generation) {
    return config.dropsOut()
        ? GrpoBatch.apart(episodes)
            .withDropout(SeedTree.at(config.training().seed(), "dropout", generation))
        : GrpoBatch.sharing(episodes);
  }

  /** An episode with the weight of its tokens in the loss. */
  private record Weighted(Episode episode, double weight) {}

  /**
   * Adds the gradient of the loss over {@code episodes}, those of one update.
   *
   * @param number of their generation
   */
  Result add(List<Episode> episodes, int number, Parameters gradients) {
    PolicyStatistics statistics = new PolicyStatistics(objective);
    SamplerAgreement agreement = new SamplerAgreement();
    int[] lengths = episodes.stream().mapToInt(e -> bearsLoss(e) ? e.tokens() : 0).toArray();
    double[] weights =
        TokenWeights.of(
            config.loss().lossType(),
            lengths,
            plan.microBatch(),
            config.generation().maxCompletionLength());
    try (var phase = phases.start("update", "tokens", Arrays.stream(lengths).sum())) {
      for (int from = 0; from < episodes.size(); from += plan.microBatch()) {
        int to = Math.min(episodes.size(), from + plan.microBatch());
        List<Weighted> bearing =
            IntStream.range(from, to)
                .filter(i -> bearsLoss(episodes.get(i)))
                .mapToObj(i -> new Weighted(episodes.get(i), weights[i]))
                .toList();
        for (List<Weighted> pass : passes(bearing, Weighted::episode)) {
          List<Episode> part = pass.stream().map(Weighted::episode).toList();
          double[] own = pass.stream().mapToDouble(Weighted::weight).toArray();
          add(batch(part, number), own, gradients, statistics, agreement);
          phase.advance(part.stream().mapToLong(Episode::tokens).sum());
        }
      }
    }
    Map<String, Double> metrics = new LinkedHashMap<>(statistics.metrics());
    metrics.putAll(agreement.metrics());
    return new Result(statistics.loss(), metrics);
  }

  private void add(
      GrpoBatch batch,
      double[] weights,
      Parameters gradients,
      PolicyStatistics statistics,
      SamplerAgreement agreement) {
    GrpoLoss.Tokens tokens = batch.lossTokens(weights);
    double[] current = GrpoLoss.needsCurrent(objective, tokens) ? score(batch) : null;
    GrpoLoss loss = new GrpoLoss(objective, tokens, current);
    TokenScores scores =
        policy.accumulate(
            batch.tokens(),
            batch.targets(),
            temperature,
            loss,
            gradients,
            config.training().gradientCheckpointing());
    statistics.add(loss, tokens, scores);
    if (config.dropsOut()) {
      return; // the sampler leaves nothing out, so the two are not of the same numbers
    }
    double[] drawnUnder = tokens.oldLogProbs() == null ? scores.logProbs() : tokens.oldLogProbs();
    List<double[]> parts = batch.perEpisode(drawnUnder);
    for (int e = 0; e < parts.size(); e++) {
      agreement.add(batch.episodes().get(e).completion().logProbs(), parts.get(e));
    }
  }

  private double[] score(GrpoBatch batch) {
    return policy.score(batch.tokens(), batch.targets(), temperature).logProbs();
  }

  private boolean bearsLoss(Episode episode) {
    return !(config.loss().maskTruncatedCompletions() && episode.truncated());
  }
}
