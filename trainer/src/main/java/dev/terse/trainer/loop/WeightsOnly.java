package dev.terse.trainer.loop;

import dev.terse.model.weights.DecoderConfig;
import dev.terse.trainer.memory.MemorySettings;
import dev.terse.trainer.memory.RunShape;
import dev.terse.trainer.memory.Workload;
import dev.terse.trainer.model.LoraConfig;
import java.util.List;

/** What a run holds before it reads a row: weights, gradients and moments. */
record WeightsOnly(DecoderConfig model, LoraConfig lora, TrainingConfig training)
    implements Workload {

  @Override
  public MemorySettings settings() {
    return training.memory(lora, 1, "max_length", 1);
  }

  @Override
  public RunShape shape(MemorySettings settings) {
    return new RunShape(
        model,
        settings.lora(),
        settings.optim(),
        settings.recompute(),
        false,
        List.of(),
        List.of(),
        List.of());
  }
}
