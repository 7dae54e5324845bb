package dev.terse.trainer.memory;

import dev.terse.model.LoraSettings;
import dev.terse.trainer.config.LoraConfig;
import dev.terse.trainer.config.Optim;
import dev.terse.trainer.config.TrainingConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The settings of a run that decide how much memory it takes.
 *
 * @param microBatch per_device_train_batch_size
 * @param accumulation gradient_accumulation_steps
 * @param recompute gradient_checkpointing
 * @param optim AdamW's moments
 * @param adapters what use_peft trains
 * @param usePeft whether these are trained instead of all weights
 * @param maxLive sequences decoded together; 1 where none are
 * @param lengthKey max_length or max_completion_length
 * @param length its value
 */
public record MemorySettings(
    int microBatch,
    int accumulation,
    boolean recompute,
    Optim optim,
    LoraSettings adapters,
    boolean usePeft,
    int maxLive,
    String lengthKey,
    int length) {

  /** Those of a configuration. */
  public static MemorySettings of(
      TrainingConfig training, LoraConfig lora, int maxLive, String lengthKey, int length) {
    return new MemorySettings(
        training.perDeviceTrainBatchSize(),
        training.gradientAccumulationSteps(),
        training.gradientCheckpointing(),
        training.optimizer().optim(),
        lora.settings(),
        lora.usePeft(),
        maxLive,
        lengthKey,
        length);
  }

  /** The adapters that are trained, or null. */
  public LoraSettings lora() {
    return usePeft ? adapters : null;
  }

  MemorySettings withRecompute(boolean other) {
    return with(microBatch, accumulation, other, optim, usePeft, maxLive, length);
  }

  /** Half the micro-batch and twice as many of them, where that comes out even. */
  MemorySettings withHalfTheMicroBatch() {
    return microBatch % 2 == 1 ? this : withMicroBatch(microBatch / 2, 2 * accumulation);
  }

  MemorySettings withMicroBatch(int size, int count) {
    return with(size, count, recompute, optim, usePeft, maxLive, length);
  }

  MemorySettings withLive(int other) {
    return with(microBatch, accumulation, recompute, optim, usePeft, other, length);
  }

  MemorySettings withOptim(Optim other) {
    return with(microBatch, accumulation, recompute, other, usePeft, maxLive, length);
  }

  MemorySettings withPeft(boolean other) {
    return with(microBatch, accumulation, recompute, optim, other, maxLive, length);
  }

  MemorySettings withLength(int other) {
    return with(microBatch, accumulation, recompute, optim, usePeft, maxLive, other);
  }

  private MemorySettings with(
      int newMicroBatch,
      int newAccumulation,
      boolean newRecompute,
      Optim newOptim,
      boolean newUsePeft,
      int newMaxLive,
      int newLength) {
    return new MemorySettings(
        newMicroBatch,
        newAccumulation,
        newRecompute,
        newOptim,
        adapters,
        newUsePeft,
        newMaxLive,
        lengthKey,
        newLength);
  }

  /** What to write into the configuration to come here from {@code before}. */
  List<String> changesFrom(MemorySettings before) {
    List<String> changes = new ArrayList<>();
    if (recompute != before.recompute) {
      changes.add("gradient_checkpointing: " + recompute);
    }
    if (microBatch != before.microBatch) {
      changes.add(
          "per_device_train_batch_size: "
              + microBatch
              + " with gradient_accumulation_steps: "
              + accumulation);
    }
    if (maxLive != before.maxLive) {
      changes.add("max_live: " + maxLive);
    }
    if (optim != before.optim) {
      changes.add("optim: " + optim.name().toLowerCase(Locale.ROOT));
    }
    if (usePeft != before.usePeft) {
      changes.add("use_peft: " + usePeft);
    }
    if (length != before.length) {
      changes.add(lengthKey + ": " + length);
    }
    return changes;
  }
}
