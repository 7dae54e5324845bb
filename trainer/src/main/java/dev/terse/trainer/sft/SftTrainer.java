package dev.terse.trainer.sft;

import dev.terse.engine.SeedTree;
import dev.terse.io.Passes;
import dev.terse.model.Decoder;
import dev.terse.trainer.data.EpochOrder;
import dev.terse.trainer.data.SftBatch;
import dev.terse.trainer.data.SftRow;
import dev.terse.trainer.loop.Learner;
import dev.terse.trainer.loss.SftLoss;
import dev.terse.trainer.memory.Workload;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.optim.LearningRate;
import dev.terse.trainer.optim.Optimizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Supervised fine-tuning on completions, [SKIP] marks and all. */
public final class SftTrainer implements Learner {
  private static final Logger LOG = LoggerFactory.getLogger(SftTrainer.class);

  private final Decoder decoder;
  private final Optimizer optimizer;
  private final LearningRate learningRate;
  private final SftConfig config;
  private final List<List<SftRow>> train;
  private final List<List<SftRow>> eval;
  private final EpochOrder order;
  private final Phases phases;
  private long numTokens;

  /**
   * @param train what a batch counts: single rows, or bins of rows
   * @param eval the same to evaluate on; may be empty
   */
  public SftTrainer(
      Decoder decoder,
      Optimizer optimizer,
      SftConfig config,
      List<List<SftRow>> train,
      List<List<SftRow>> eval,
      Phases phases) {
    this.decoder = decoder;
    this.optimizer = optimizer;
    this.config = config;
    this.train = train;
    this.eval = eval;
    this.order = order(config, train.size());
    this.learningRate =
        LearningRate.of(
            config.training().optimizer(),
            config.learningRate(),
            config.training().updates(order.updatesPerEpoch()));
    this.phases = phases;
  }

  /** The order in which {@code units} units are visited. */
  static EpochOrder order(SftConfig config, int units) {
    var training = config.training();
    return new EpochOrder(
        training.orderSeed(),
        units,
        training.perDeviceTrainBatchSize() * training.gradientAccumulationSteps(),
        config.trainSamplingStrategy() == SftConfig.Sampling.RANDOM
            ? EpochOrder.Order.SHUFFLED
            : EpochOrder.Order.AS_GIVEN,
        training.dataloaderDropLast()
            ? EpochOrder.LastUpdate.DROPPED
            : EpochOrder.LastUpdate.SMALLER);
  }

  @Override
  public int updatesPerEpoch() {
    return order.updatesPerEpoch();
  }

  /** Rows → loss over all their targets → gradients, pass by pass → AdamW. */
  @Override
  public Map<String, Double> step(int update) {
    List<List<SftRow>> units = Arrays.stream(order.rows(update)).mapToObj(train::get).toList();
    List<SftBatch> batches =
        withDropout(update, batches(units, config.training().perDeviceTrainBatchSize()));
    SftLoss loss = new SftLoss(targets(batches));
    SftStatistics statistics = new SftStatistics(loss);
    try (var phase = phases.start("update " + (update + 1), "tokens", tokens(batches))) {
      for (SftBatch batch : batches) {
        statistics.add(
            decoder.accumulate(
                batch.tokens(),
                batch.targets(),
                1,
                loss,
                optimizer.gradients(),
                config.training().gradientCheckpointing()));
        phase.advance(batch.tokens().ids().length);
      }
    }
    double rate = learningRate.at(update);
    Optimizer.Outcome outcome = optimizer.update(statistics.loss(), rate);
    numTokens += tokens(batches);
    if (!outcome.applied()) {
      LOG.warn(
          "update {} changed nothing: loss {}, gradient norm {}; its rows: {}",
          update + 1,
          statistics.loss(),
          outcome.gradientNorm(),
          units.stream().flatMap(List::stream).map(SftRow::id).toList());
    }
    return metrics(statistics, outcome, rate);
  }

  private Map<String, Double> metrics(
      SftStatistics statistics, Optimizer.Outcome outcome, double rate) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("loss", statistics.loss());
    metrics.put("grad_norm", outcome.gradientNorm());
    metrics.put("learning_rate", rate);
    metrics.put("entropy", statistics.entropy());
    metrics.put("mean_token_accuracy", statistics.accuracy());
    metrics.put("num_tokens", (double) numTokens);
    metrics.put("skipped_updates", outcome.applied() ? 0.0 : 1.0);
    return metrics;
  }

  /** Loss over all targets of the evaluation rows: one mean, not a mean of means. */
  @Override
  public Map<String, Double> evaluate(int updates) {
    long begun = System.nanoTime();
    int evalBatch = config.training().evaluation().perDeviceEvalBatchSize();
    List<SftBatch> batches = batches(eval, evalBatch);
    SftStatistics statistics = new SftStatistics(new SftLoss(targets(batches)));
    try (var phase = phases.start("evaluation", "tokens", tokens(batches))) {
      for (SftBatch batch : batches) {
        statistics.add(decoder.score(batch.tokens(), batch.targets(), 1));
        phase.advance(batch.tokens().ids().length);
      }
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("loss", statistics.loss());
    metrics.put("entropy", statistics.entropy());
    metrics.put("mean_token_accuracy", statistics.accuracy());
    metrics.put("num_tokens", (double) numTokens);
    metrics.put("runtime", seconds);
    metrics.put("samples_per_second", eval.size() / seconds);
    metrics.put("steps_per_second", Math.ceil(eval.size() / (double) evalBatch) / seconds);
    return metrics;
  }

  @Override
  public Optional<Workload> workload() {
    return Optional.of(new SftWorkload(decoder.config(), config, order, train, eval));
  }

  @Override
  public long numTokens() {
    return numTokens;
  }

  @Override
  public void resume(long numTokens, Path folder) {
    this.numTokens = numTokens;
  }

  /** What is left out depends on a sequence's place in the update, not on its pass. */
  private List<SftBatch> withDropout(int update, List<SftBatch> batches) {
    if (!config.model().lora().dropsOut()) {
      return batches;
    }
    long seed = SeedTree.at(config.training().seed(), "dropout", update);
    List<SftBatch> dropped = new ArrayList<>();
    int sequences = 0;
    for (SftBatch batch : batches) {
      dropped.add(batch.withDropout(seed, sequences));
      sequences += batch.tokens().segments().count();
    }
    return dropped;
  }

  /** The passes of all micro-batches, in order. */
  private List<SftBatch> batches(List<List<SftRow>> units, int unitsPerBatch) {
    int most = config.training().maxTokensPerPass();
    List<SftBatch> batches = new ArrayList<>();
    for (int from = 0; from < units.size(); from += unitsPerBatch) {
      List<SftRow> rows =
          units.subList(from, Math.min(units.size(), from + unitsPerBatch)).stream()
              .flatMap(List::stream)
              .toList();
      Passes.of(rows, row -> row.ids().length, most).forEach(p -> batches.add(SftBatch.of(p)));
    }
    return batches;
  }

  private static long targets(List<SftBatch> batches) {
    return batches.stream().mapToLong(batch -> batch.targets().count()).sum();
  }

  private static long tokens(List<SftBatch> batches) {
    return batches.stream().mapToLong(batch -> batch.tokens().ids().length).sum();
  }
}
