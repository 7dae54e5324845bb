package dev.terse.cli.engine;

import dev.terse.engine.Engine;
import dev.terse.engine.MeasuredEngine;
import dev.terse.engine.cuda.CudaEngine;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.engine.numbers.NumberType;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.trainer.model.EngineConfig;

/** Engines as configurations choose them. */
public final class EngineOption {

  private EngineOption() {}

  /** A new engine; belongs to the caller. */
  public static Engine open(EngineConfig config) {
    NumberType matmuls = config.bf16() ? NumberType.BFLOAT16 : NumberType.FLOAT32;
    return switch (config.engine()) {
      case ND4J -> new Nd4jEngine(matmuls);
      case CUDA -> new CudaEngine(matmuls);
      case REFERENCE -> new ReferenceEngine();
    };
  }

  /** A new engine of the CPU; belongs to the caller. */
  public static MeasuredEngine cpu(boolean bf16) {
    return new Nd4jEngine(bf16 ? NumberType.BFLOAT16 : NumberType.FLOAT32);
  }
}
