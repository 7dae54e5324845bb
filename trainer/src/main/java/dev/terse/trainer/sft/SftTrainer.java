package dev.terse.trainer.sft;

import dev.terse.engine.SeedTree;
import dev.terse.io.DataFingerprint;
import dev.terse.io.Passes;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.Flops;
import dev.terse.trainer.data.EpochOrder;
import dev.terse.trainer.data.SftBatch;
import dev.terse.trainer.data.SftRow;
import dev.terse.trainer.data.StreamedRows;
import dev.terse.trainer.loop.Learner;
import dev.terse.trainer.loop.TrainingConfig;
import dev.terse.trainer.loop.Update;
import dev.terse.trainer.loss.SftLoss;
import dev.terse.trainer.loss.UpdateLoss;
import dev.terse.trainer.memory.Workload;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.optim.Gradient;
import dev.terse.trainer.optim.LearningRate;
import dev.terse.trainer.optim.Optimizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Supervised fine-tuning on completions, [SKIP] marks and all: the first stage of arXiv 2508.03346.
 *
 * <p>Where this is not the paper's code or TRL, and why:
 *
 * <ul>
 *   <li>Only completions bear loss; the paper's code supervises prompt and padding too, which
 *       teaches questions.
 *   <li>The loss is one mean over the targets of the whole update, not a mean of the micro-batches'
 *       means (TRL's issue 5619): it does not depend on the split.
 *   <li>Rows are packed without padding, and those longer than max_length are left out: TRL cuts
 *       them, which loses the answer and the end token.
 * </ul>
 */
public final class SftTrainer implements Learner<Learner.NoState> {
  /** Streamed rows whose ids tell whether tokenizer and template are those of the run's start. */
  private static final int STREAMED_SAMPLE = 64;

  private final Decoder decoder;
  private final LearningRate learningRate;
  private final SftConfig config;
  private final List<List<SftRow>> train;
  private final List<List<SftRow>> eval;
  private final EpochOrder order;
  private final Phases phases;

  /**
   * @param train what a batch counts: single rows, or bins of rows
   * @param eval the same to evaluate on; may be empty
   */
  public SftTrainer(
      Decoder decoder,
      SftConfig config,
      List<List<SftRow>> train,
      List<List<SftRow>> eval,
      Phases phases) {
    this.decoder = decoder;
    this.config = config;
    this.train = train;
    this.eval = eval;
    this.order = order(config, train);
    this.learningRate = config.schedule(order.updatesPerEpoch());
    this.phases = phases;
  }

  /** The order in which units are visited: streamed ones block by block. */
  public static EpochOrder order(SftConfig config, List<List<SftRow>> units) {
    var training = config.training();
    var last =
        training.dataloaderDropLast()
            ? EpochOrder.LastUpdate.DROPPED
            : EpochOrder.LastUpdate.SMALLER;
    return switch (config.trainSamplingStrategy()) {
      case RANDOM -> order(training, units, EpochOrder.Order.SHUFFLED, last);
      case SEQUENTIAL -> order(training, units, EpochOrder.Order.AS_GIVEN, last);
      case GROUP_BY_LENGTH ->
          EpochOrder.byLength(
              training.orderSeed(),
              units.stream()
                  .mapToInt(unit -> unit.stream().mapToInt(row -> row.ids().length).sum())
                  .toArray(),
              training.batch(),
              last);
    };
  }

  private static EpochOrder order(
      TrainingConfig training,
      List<List<SftRow>> units,
      EpochOrder.Order order,
      EpochOrder.LastUpdate last) {
    int[] blocks =
        units instanceof StreamedRows streamed ? streamed.blocks() : new int[] {units.size()};
    return new EpochOrder(training.orderSeed(), blocks, training.batch(), order, last);
  }

  @Override
  public int updatesPerEpoch() {
    return order.updatesPerEpoch();
  }

  /** Rows → passes → loss → gradient → update. */
  @Override
  public Update<NoState> step(int update, NoState none, Optimizer optimizer) {
    List<List<SftRow>> units = units(update); // [B], rows or bins of rows
    List<SftBatch> passes = // packed, [N] each
        withNoise(update, withDropout(update, batches(units, trainBatch())));
    requireTargets(update, passes);
    SftLoss nll = config.loss(targets(passes)); // over all targets of the update
    try (Gradient gradient = optimizer.zeroGradient()) { // [trained]
      UpdateLoss loss = addTo(gradient, passes, nll, update);
      Optimizer.Outcome outcome =
          optimizer.update(gradient, loss.value(), learningRate.at(update)); // AdamW
      return new Update<>(
          loss.value(), loss.metrics(), outcome, tokens(passes), flops(passes), none);
    }
  }

  /** Rows that are streamed may turn out to be of no use, all of an update's. */
  private static void requireTargets(int update, List<SftBatch> passes) {
    if (passes.isEmpty()) {
      throw new IllegalArgumentException(
          "no row of update "
              + (update + 1)
              + " can be trained on: all are longer than max_length, or nothing in them bears loss");
    }
  }

  private List<List<SftRow>> units(int update) {
    return Arrays.stream(order.rows(update)).mapToObj(train::get).toList();
  }

  private int trainBatch() {
    return config.training().perDeviceTrainBatchSize();
  }

  /** Adds the gradient of all passes; returns their loss. */
  private UpdateLoss addTo(Gradient gradient, List<SftBatch> passes, SftLoss nll, int update) {
    SftStatistics statistics = new SftStatistics(nll);
    try (var phase = phases.start("update " + (update + 1), "tokens", tokens(passes))) {
      for (SftBatch pass : passes) {
        statistics.add(
            decoder.accumulate(
                pass.tokens(),
                pass.targets(),
                1,
                nll,
                gradient.sums(),
                config.training().gradientCheckpointing()));
        phase.advance(pass.tokens().ids().length);
      }
    }
    return statistics.loss();
  }

  @Override
  public String examples(int update, NoState none) {
    return "rows: " + units(update).stream().flatMap(List::stream).map(SftRow::id).toList();
  }

  /** Loss over all targets of the evaluation rows: one mean, not a mean of means. */
  @Override
  public Map<String, Double> evaluate(int updates, long numTokens) {
    long begun = System.nanoTime();
    int evalBatch = config.training().evaluation().perDeviceEvalBatchSize();
    List<SftBatch> batches = batches(eval, evalBatch);
    SftStatistics statistics = new SftStatistics(config.loss(targets(batches)));
    try (var phase = phases.start("evaluation", "tokens", tokens(batches))) {
      for (SftBatch batch : batches) {
        statistics.add(decoder.score(batch.tokens(), batch.targets(), 1));
        phase.advance(batch.tokens().ids().length);
      }
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    Map<String, Double> metrics = new LinkedHashMap<>(statistics.loss().metrics());
    metrics.put("num_tokens", (double) numTokens);
    metrics.put("runtime", seconds);
    metrics.put("samples_per_second", eval.size() / seconds);
    metrics.put("steps_per_second", Math.ceil(eval.size() / (double) evalBatch) / seconds);
    return metrics;
  }

  /** Of what tokenizer, template and date made of the rows; of streamed ones the first. */
  @Override
  public Map<String, String> fingerprints() {
    long most = train instanceof StreamedRows ? STREAMED_SAMPLE : Long.MAX_VALUE;
    return Map.of(
        "the token ids of the rows",
        DataFingerprint.ofIds(
            train.stream()
                .limit(most)
                .flatMap(List::stream)
                .flatMap(row -> Stream.of(row.ids(), bearingLoss(row)))));
  }

  /** The places of the tokens that bear loss. */
  private static int[] bearingLoss(SftRow row) {
    return IntStream.range(0, row.ids().length).filter(row::bearsLoss).toArray();
  }

  @Override
  public Workload workload() {
    return new SftWorkload(decoder.config(), config, order, train, eval);
  }

  @Override
  public NoState start() {
    return NoState.NONE;
  }

  @Override
  public void write(NoState none, Path folder) {}

  @Override
  public NoState read(int updates, Path folder) {
    return NoState.NONE;
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

  /** Noise depends on a sequence's place in the update, not on its pass. */
  private List<SftBatch> withNoise(int update, List<SftBatch> batches) {
    Double alpha = config.neftuneNoiseAlpha();
    if (alpha == null || alpha == 0) {
      return batches;
    }
    long seed = SeedTree.at(config.training().seed(), "neftune", update);
    List<SftBatch> noisy = new ArrayList<>();
    int sequences = 0;
    for (SftBatch batch : batches) {
      noisy.add(batch.withNoise(alpha, seed, sequences));
      sequences += batch.tokens().segments().count();
    }
    return noisy;
  }

  private List<SftBatch> batches(List<List<SftRow>> units, int unitsPerBatch) {
    int most = config.training().maxTokensPerPass();
    return passes(units, unitsPerBatch, row -> row.ids().length, most).stream()
        .map(SftBatch::of)
        .toList();
  }

  /** The passes of all micro-batches, in order: whole rows of {@code most} tokens or fewer. */
  static <T> List<List<T>> passes(
      List<List<T>> units, int unitsPerBatch, ToIntFunction<T> tokens, int most) {
    List<List<T>> passes = new ArrayList<>();
    for (int from = 0; from < units.size(); from += unitsPerBatch) {
      int to = Math.min(units.size(), from + unitsPerBatch);
      List<T> rows = units.subList(from, to).stream().flatMap(List::stream).toList();
      passes.addAll(Passes.of(rows, tokens, most));
    }
    return passes;
  }

  private double flops(List<SftBatch> batches) {
    return Flops.training(decoder.adapters().isPresent())
        * batches.stream()
            .mapToDouble(
                batch ->
                    Flops.forward(
                        decoder.config(), batch.tokens().segments(), batch.targets().count()))
            .sum();
  }

  private static long targets(List<SftBatch> batches) {
    return batches.stream().mapToLong(batch -> batch.targets().count()).sum();
  }

  private static long tokens(List<SftBatch> batches) {
    return batches.stream().mapToLong(batch -> batch.tokens().ids().length).sum();
  }
}
