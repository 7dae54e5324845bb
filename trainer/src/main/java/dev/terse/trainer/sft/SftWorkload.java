package dev.terse.trainer.sft;

import dev.terse.engine.Segments;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.trainer.config.Cadence;
import dev.terse.trainer.data.EpochOrder;
import dev.terse.trainer.data.SftRow;
import dev.terse.trainer.data.StreamedRows;
import dev.terse.trainer.memory.MemorySettings;
import dev.terse.trainer.memory.RunShape;
import dev.terse.trainer.memory.RunShape.Pass;
import dev.terse.trainer.memory.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * The passes of an SFT run: since the order of the rows is known, so is the largest.
 *
 * @param train what a batch counts: single rows, or bins of rows
 * @param eval the same to evaluate on; may be empty
 */
public record SftWorkload(
    DecoderConfig model,
    SftConfig config,
    EpochOrder order,
    List<List<SftRow>> train,
    List<List<SftRow>> eval)
    implements Workload {
  @Override
  public MemorySettings settings() {
    int limit = config.maxLength() == null ? model.maxPositions() : config.maxLength();
    return config.training().memory(config.model().lora(), 1, config.lengthKey(), limit);
  }

  @Override
  public RunShape shape(MemorySettings settings) {
    var training = config.training();
    List<Pass> passes = new ArrayList<>();
    if (train instanceof StreamedRows) {
      return shape(settings, longest(training.perDeviceTrainBatchSize(), settings));
    }
    for (int update = 0; update < training.updates(order.updatesPerEpoch()); update++) {
      List<List<SftRow>> units = Arrays.stream(order.rows(update)).mapToObj(train::get).toList();
      passes.addAll(passes(units, training.perDeviceTrainBatchSize(), settings));
    }
    return shape(settings, passes);
  }

  /** Rows that are not known yet are as long as they may be. */
  private static List<Pass> longest(int rows, MemorySettings settings) {
    Length length = new Length(settings.length(), settings.length());
    List<List<Length>> units = Collections.nCopies(rows, List.of(length));
    return SftTrainer.passes(units, rows, Length::tokens, settings.tokensPerPass()).stream()
        .map(SftWorkload::pass)
        .toList();
  }

  private RunShape shape(MemorySettings settings, List<Pass> passes) {
    var evaluation = config.training().evaluation();
    boolean evaluates = evaluation.evalOnStart() || evaluation.evalStrategy() != Cadence.NO;
    return RunShape.of(model, settings)
        .withPasses(
            largest(passes),
            evaluates
                ? largest(passes(eval, evaluation.perDeviceEvalBatchSize(), settings))
                : List.of());
  }

  private static List<Pass> passes(
      List<List<SftRow>> units, int unitsPerBatch, MemorySettings settings) {
    List<List<Length>> lengths =
        units.stream().map(unit -> lengths(unit, settings.length())).toList();
    return SftTrainer.passes(lengths, unitsPerBatch, Length::tokens, settings.tokensPerPass())
        .stream()
        .map(SftWorkload::pass)
        .toList();
  }

  private static List<Pass> largest(List<Pass> passes) {
    return passes.stream().max(Comparator.comparingInt(SftWorkload::tokens)).stream().toList();
  }

  private static int tokens(Pass pass) {
    return pass.segments().tokens();
  }

  private static Pass pass(List<Length> rows) {
    return new Pass(
        Segments.ofLengths(rows.stream().mapToInt(Length::tokens).toArray()),
        rows.stream().mapToInt(Length::targets).sum());
  }

  /** Of a row. */
  private record Length(int tokens, int targets) {}

  /** Rows longer than {@code maxLength} count as long as that: others would take their places. */
  private static List<Length> lengths(List<SftRow> unit, int maxLength) {
    List<Length> lengths = new ArrayList<>();
    int capacity = maxLength;
    for (SftRow row : unit) {
      int tokens = Math.min(capacity, row.ids().length);
      if (tokens > 0) {
        lengths.add(new Length(tokens, Math.min(tokens, row.targets())));
        capacity -= tokens;
      }
    }
    return lengths;
  }
}
