package dev.terse.trainer.loop;

import dev.terse.model.weights.DecoderConfig;
import dev.terse.trainer.memory.MemorySettings;
import dev.terse.trainer.memory.RunShape;
import dev.terse.trainer.memory.Workload;

/** What a run holds before it reads a row: weights, gradients and moments. */
record WeightsOnly(DecoderConfig model, RunConfig config) implements Workload {

  @Override
  public MemorySettings settings() {
    return config.training().memory(config.model().lora(), 1, config.lengthKey(), 1);
  }

  @Override
  public RunShape shape(MemorySettings settings) {
    return RunShape.of(model, settings);
  }
}
