package dev.terse.trainer.grpo;

import dev.terse.engine.TokenScores;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.Flops;
import dev.terse.trainer.grpo.episode.Episode;
import dev.terse.trainer.grpo.episode.Generation;
import dev.terse.trainer.loss.GrpoLoss;
import dev.terse.trainer.loss.LossType;
import dev.terse.trainer.loss.PolicyStatistics;
import dev.terse.trainer.loss.SamplerAgreement;
import dev.terse.trainer.loss.UpdateLoss;
import dev.terse.trainer.loss.advantage.AdvantageConfig.Kind;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.optim.Gradient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The GRPO loss of an update and its gradient by the policy's weights, pass by pass.
 *
 * @param policy not owned
 */
record PolicyGradient(
    Decoder policy, GrpoConfig config, BatchPlan plan, GrpoPasses passes, Phases phases) {

  /**
   * The loss of an update.
   *
   * @param loss with metrics under TRL's names
   * @param entropy mean of the tokens in the entropy mask; NaN where there are none
   * @param flops of its matmuls
   */
  record Outcome(UpdateLoss loss, double entropy, double flops) {}

  /**
   * Adds the gradient of the loss over some episodes of a generation.
   *
   * @param rows those of one update, [B]
   * @param entropyCoef weight of the mean entropy, which is taken off the loss
   */
  Outcome addTo(Gradient gradient, Generation generation, int[] rows, double entropyCoef) {
    GrpoLoss.Objective objective = config.objective();
    PolicyStatistics statistics = new PolicyStatistics(objective);
    SamplerAgreement agreement = new SamplerAgreement();
    LossType.Batch update = lossBatch(generation, rows);
    double[] weights = atRows(config.loss().lossType().weights(update), rows, generation);
    IntPredicate moves = row -> entropyCoef != 0 || moves(generation.episodes().get(row));
    List<GrpoBatch> batches = new ArrayList<>(); // those that move the policy, then the others
    batches.addAll(
        passes.of(
            generation.number(),
            generation.episodes(),
            rows,
            row -> weights[row] > 0 && moves.test(row)));
    int moving = batches.size();
    batches.addAll(
        passes.of(
            generation.number(),
            generation.episodes(),
            rows,
            row -> weights[row] > 0 && !moves.test(row)));
    double flops;
    try (var phase = phases.start("update", "tokens", tokens(batches))) {
      List<Optional<GrpoLoss.Forward>> before = forwards(objective, generation, batches, rows);
      double[] entropyWeights = entropyWeights(entropyCoef, generation, batches, before, rows);
      flops = flops(batches, moving, before);
      for (int i = 0; i < batches.size(); i++) {
        GrpoBatch batch = batches.get(i);
        GrpoLoss.Tokens tokens = batch.inLoss(generation, weights, entropyWeights);
        GrpoLoss loss = new GrpoLoss(objective, tokens, before.get(i));
        TokenScores scores = i < moving ? backward(batch, loss, gradient) : score(batch);
        statistics.add(loss, scores);
        if (!config.dropsOut()) { // else the sampler, which leaves nothing out, had other numbers
          agreement.add(batch.samplerLogProbs(), tokens.oldLogProbs().orElse(scores.logProbs()));
        }
        phase.advance(tokens(List.of(batch)));
      }
    }
    UpdateLoss loss = statistics.loss().with(agreement.metrics());
    if (config.loss().entropyBonus().isOn()) {
      loss = loss.with(Map.of("policy_loss", statistics.policyLoss()));
    }
    return new Outcome(loss, statistics.keptEntropy(), flops);
  }

  /**
   * The loss over a whole generation of the policy as it stands, forward only and without an
   * entropy bonus.
   *
   * @return with metrics under TRL's names
   */
  UpdateLoss measure(Generation generation) {
    GrpoLoss.Objective objective = config.objective();
    PolicyStatistics statistics = new PolicyStatistics(objective);
    int[] rows = IntStream.range(0, generation.episodes().size()).toArray();
    int[] lengths = generation.episodes().stream().mapToInt(this::lossTokens).toArray();
    double[] weights =
        config
            .loss()
            .lossType()
            .weights(
                LossType.Batch.whole(
                    lengths, passes.microBatch(), config.generation().maxCompletionLength()));
    double[] none = new double[rows.length];
    List<GrpoBatch> batches =
        passes.of(generation.number(), generation.episodes(), rows, row -> weights[row] > 0);
    for (GrpoBatch batch : batches) {
      TokenScores scores = score(batch);
      Optional<GrpoLoss.Forward> itself =
          Optional.of(new GrpoLoss.Forward(scores.logProbs(), kept(scores, objective)));
      statistics.add(
          new GrpoLoss(objective, batch.inLoss(generation, weights, none), itself), scores);
    }
    return statistics.loss();
  }

  private static boolean[] kept(TokenScores scores, GrpoLoss.Objective objective) {
    double least = objective.leastEntropy(scores.entropies());
    boolean[] kept = new boolean[scores.entropies().length];
    for (int t = 0; t < kept.length; t++) {
      kept[t] = scores.entropies()[t] >= least;
    }
    return kept;
  }

  /** What the weights of an update depend on. */
  private LossType.Batch lossBatch(Generation generation, int[] rows) {
    int[] all = generation.episodes().stream().mapToInt(this::lossTokens).toArray(); // [P·G]
    int part = plan.partBatch();
    double[] updateTokens = // [B], of the part that each row was drawn with
        Arrays.stream(rows)
            .map(row -> row / part * part)
            .mapToDouble(
                from -> Arrays.stream(all, from, from + part).sum() / plan.updatesPerPart())
            .toArray();
    return new LossType.Batch(
        Arrays.stream(rows).map(row -> all[row]).toArray(),
        updateTokens,
        passes.microBatch(),
        config.generation().maxCompletionLength());
  }

  /** Values of an update's rows at their places in the generation, 0 elsewhere, [P·G]. */
  private static double[] atRows(double[] own, int[] rows, Generation generation) {
    double[] all = new double[generation.episodes().size()];
    for (int i = 0; i < rows.length; i++) {
      all[rows[i]] = own[i];
    }
    return all;
  }

  /** Tokens that bear loss; a completion with none is not computed. */
  private int lossTokens(Episode episode) {
    boolean cut = config.loss().maskTruncatedCompletions() && episode.truncated();
    boolean wrong = config.advantage().advantage() == Kind.CORRECT && episode.advantage() == 0;
    return cut || wrong ? 0 : episode.tokens();
  }

  /**
   * Whether an episode has a gradient, but for an entropy bonus: one without is computed forward
   * only, for the metrics.
   */
  private boolean moves(Episode episode) {
    boolean isBound = config.advantage().klBound().isOn() && !plan.isOnPolicy();
    return episode.hasAdvantage() || config.loss().beta() != 0 || isBound;
  }

  /** What forwards before the backward tell of each pass, where the objective needs them. */
  private List<Optional<GrpoLoss.Forward>> forwards(
      GrpoLoss.Objective objective, Generation generation, List<GrpoBatch> batches, int[] rows) {
    if (!objective.needsForward(generation.oldLogProbs().isEmpty())) {
      return batches.stream().map(batch -> Optional.<GrpoLoss.Forward>empty()).toList();
    }
    List<TokenScores> scores = batches.stream().map(this::score).toList();
    int[] microBatchOf = microBatchOf(batches, rows);
    List<Optional<GrpoLoss.Forward>> forwards = new ArrayList<>();
    for (int i = 0; i < scores.size(); i++) {
      int own = microBatchOf[i];
      double[] around = // of all tokens of the micro-batch
          IntStream.range(0, scores.size())
              .filter(j -> microBatchOf[j] == own)
              .mapToObj(j -> scores.get(j).entropies())
              .flatMapToDouble(DoubleStream::of)
              .toArray();
      double least = objective.leastEntropy(around);
      double[] entropies = scores.get(i).entropies();
      boolean[] kept = new boolean[entropies.length];
      for (int t = 0; t < kept.length; t++) {
        kept[t] = entropies[t] >= least;
      }
      double pull =
          objective.klBound().isOn() && generation.oldLogProbs().isPresent()
              ? objective.klBound().pull(moved(generation, batches, scores, microBatchOf, own))
              : 0;
      forwards.add(Optional.of(new GrpoLoss.Forward(scores.get(i).logProbs(), kept, pull)));
    }
    return forwards;
  }

  /** Mean of ℓ° - ℓ over the tokens of a micro-batch. */
  private static double moved(
      Generation generation,
      List<GrpoBatch> batches,
      List<TokenScores> scores,
      int[] microBatchOf,
      int own) {
    double[] none = new double[generation.episodes().size()];
    double sum = 0;
    long count = 0;
    for (int j = 0; j < scores.size(); j++) {
      if (microBatchOf[j] == own) {
        double[] now = scores.get(j).logProbs();
        double[] old = batches.get(j).inLoss(generation, none, none).oldLogProbs().orElseThrow();
        for (int t = 0; t < now.length; t++) {
          sum += old[t] - now[t];
        }
        count += now.length;
      }
    }
    return sum / count;
  }

  /** The micro-batch that each pass is of. */
  private int[] microBatchOf(List<GrpoBatch> batches, int[] rows) {
    int[] place = new int[plan.generationBatch()];
    for (int i = 0; i < rows.length; i++) {
      place[rows[i]] = i;
    }
    return batches.stream()
        .mapToInt(batch -> place[batch.rows()[0]] / passes.microBatch())
        .toArray();
  }

  /** u of the tokens of each row: a mean over those that a micro-batch keeps, [P·G]. */
  private double[] entropyWeights(
      double coef,
      Generation generation,
      List<GrpoBatch> batches,
      List<Optional<GrpoLoss.Forward>> before,
      int[] rows) {
    double[] weights = new double[generation.episodes().size()];
    if (coef == 0) {
      return weights;
    }
    int[] microBatchOf = microBatchOf(batches, rows);
    long[] kept = new long[plan.accumulation()];
    for (int i = 0; i < microBatchOf.length; i++) {
      kept[microBatchOf[i]] +=
          before.get(i).map(GrpoLoss.Forward::count).orElse(batches.get(i).targets().count());
    }
    for (int i = 0; i < microBatchOf.length; i++) {
      for (int row : batches.get(i).rows()) {
        weights[row] = coef / (plan.accumulation() * (double) kept[microBatchOf[i]]);
      }
    }
    return weights;
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

  /** Of forwards before the others, forwards, and backwards of the first {@code moving}. */
  private double flops(
      List<GrpoBatch> batches, int moving, List<Optional<GrpoLoss.Forward>> before) {
    int training = Flops.training(policy.adapters().isPresent());
    double sum = 0;
    for (int i = 0; i < batches.size(); i++) {
      int forwards = (i < moving ? training : 1) + (before.get(i).isPresent() ? 1 : 0);
      sum += forwards * batches.get(i).flops(policy.config());
    }
    return sum;
  }

  private TokenScores score(GrpoBatch batch) {
    return policy.score(batch.tokens(), batch.targets(), config.generation().temperature());
  }

  private static long tokens(List<GrpoBatch> batches) {
    return batches.stream().mapToLong(batch -> batch.targets().count()).sum();
  }
}
