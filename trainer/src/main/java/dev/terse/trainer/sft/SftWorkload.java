package dev.terse.trainer.sft;

import dev.terse.model.DecoderConfig;
import dev.terse.trainer.config.Cadence;
import dev.terse.trainer.config.SftConfig;
import dev.terse.trainer.data.EpochOrder;
import dev.terse.trainer.data.SftRow;
import dev.terse.trainer.memory.MemorySettings;
import dev.terse.trainer.memory.RunShape;
import dev.terse.trainer.memory.RunShape.Pass;
import dev.terse.trainer.memory.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The batches of an SFT run: since the order of the rows is known, so is the largest micro-batch.
 *
 * @param train what a batch counts: single rows, or bins of rows
 * @param eval the same to evaluate on; may be empty
 */
record SftWorkload(
    DecoderConfig model,
    SftConfig config,
    EpochOrder order,
    List<List<SftRow>> train,
    List<List<SftRow>> eval)
    implements Workload {

  @Override
  public MemorySettings settings() {
    int limit = config.maxLength() == null ? model.maxPositions() : config.maxLength();
    return MemorySettings.of(config.training(), config.model().lora(), 1, "max_length", limit);
  }

  @Override
  public RunShape shape(MemorySettings settings) {
    var training = config.training();
    Pass largest = null;
    int updates = training.updates(order.updatesPerEpoch());
    for (int update = 0; update < updates; update++) {
      List<List<SftRow>> units = Arrays.stream(order.rows(update)).mapToObj(train::get).toList();
      largest = larger(largest, largest(units, settings.microBatch(), settings.length()));
    }
    boolean evaluates =
        training.evaluation().evalOnStart() || training.evaluation().evalStrategy() != Cadence.NO;
    int evalBatch = training.evaluation().perDeviceEvalBatchSize();
    return new RunShape(
        model,
        settings.lora(),
        settings.optim(),
        settings.recompute(),
        false,
        List.of(largest),
        evaluates ? List.of(largest(eval, evalBatch, settings.length())) : List.of(),
        List.of());
  }

  /** The micro-batch of the most tokens. */
  private static Pass largest(List<List<SftRow>> units, int unitsPerBatch, int maxLength) {
    Pass largest = null;
    for (int from = 0; from < units.size(); from += unitsPerBatch) {
      int to = Math.min(units.size(), from + unitsPerBatch);
      largest = larger(largest, pass(units.subList(from, to), maxLength));
    }
    return largest;
  }

  private static Pass larger(Pass one, Pass other) {
    return one == null || tokens(other) > tokens(one) ? other : one;
  }

  private static int tokens(Pass pass) {
    return Arrays.stream(pass.lengths()).sum();
  }

  /** Rows longer than {@code maxLength} count as long as that: others would take their places. */
  private static Pass pass(List<List<SftRow>> units, int maxLength) {
    List<Integer> lengths = new ArrayList<>();
    int targets = 0;
    for (List<SftRow> unit : units) {
      int room = maxLength;
      for (SftRow row : unit) {
        int length = Math.min(room, row.ids().length);
        if (length > 0) {
          lengths.add(length);
          targets += Math.min(length, row.targets());
          room -= length;
        }
      }
    }
    return new Pass(lengths.stream().mapToInt(Integer::intValue).toArray(), targets);
  }
}
