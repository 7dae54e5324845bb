package dev.terse.bench;

import dev.terse.engine.Engine;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.engine.numbers.NumberType;
import java.util.Locale;

/** The number type of the matmuls; the one place of the benchmarks that knows how to choose it. */
public enum ComputeType {
  FP32(NumberType.FLOAT32, Float.BYTES),
  BF16(NumberType.BFLOAT16, Short.BYTES);

  private final NumberType matmuls;
  private final int weightBytes;

  ComputeType(NumberType matmuls, int weightBytes) {
    this.matmuls = matmuls;
    this.weightBytes = weightBytes;
  }

  /**
   * A new engine; belongs to the caller.
   *
   * @throws IllegalArgumentException if it cannot compute in this type
   */
  Engine open() {
    return new Nd4jEngine(matmuls);
  }

  NumberType matmuls() {
    return matmuls;
  }

  /** Bytes of one weight as matmuls read it. */
  int weightBytes() {
    return weightBytes;
  }

  /** As results name it: fp32, bf16. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
