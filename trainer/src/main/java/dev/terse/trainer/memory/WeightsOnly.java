package dev.terse.trainer.memory;

import dev.terse.model.DecoderConfig;
import dev.terse.trainer.config.LoraConfig;
import dev.terse.trainer.config.TrainingConfig;
import java.util.List;

/** What a run holds before it reads a row: weights, gradients and moments. */
public record WeightsOnly(DecoderConfig model, LoraConfig lora, TrainingConfig training)
    implements Workload {

  @Override
  public MemorySettings settings() {
    return MemorySettings.of(training, lora, 1, "max_length", 1);
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
