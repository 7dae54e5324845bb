package dev.terse.trainer.model;

import dev.terse.trainer.config.Default;

/**
 * What computes.
 *
 * @param engine the engine
 * @param bf16 whether matmuls read weights and activations rounded to bfloat16; master weights,
 *     sums, gradients, norms, softmax and log-probabilities stay in float32 (TRL, which switches it
 *     on by itself where the hardware has it; here a result does not depend on the machine's kind)
 */
public record EngineConfig(@Default("nd4j") EngineKind engine, @Default("false") boolean bf16) {

  public EngineConfig {
    if (bf16 && engine == EngineKind.REFERENCE) {
      throw new IllegalArgumentException(
          "bf16 is of the engines nd4j and cuda; engine: reference computes in double");
    }
  }

  /** The engines. */
  public enum EngineKind {
    /** ND4J, in 32-bit floats. */
    ND4J,
    /** An NVIDIA GPU, in 32-bit floats. */
    CUDA,
    /** Plain loops in double: slow and exact. */
    REFERENCE
  }
}
