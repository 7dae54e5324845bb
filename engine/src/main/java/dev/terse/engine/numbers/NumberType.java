package dev.terse.engine.numbers;

/** The type of the numbers that a matmul reads. What it writes is always float32. */
public enum NumberType {
  FLOAT32(Float.BYTES),
  /**
   * The upper half of a float32: 8 bits of precision, and twice the rate of multiplication where
   * the processor has instructions for it. Weights keep a float32 master beside it; sums, norms,
   * softmax and log-probabilities stay in float32 (TRL: bf16).
   */
  BFLOAT16(Short.BYTES);

  private final int bytes;

  NumberType(int bytes) {
    this.bytes = bytes;
  }

  /** Of one number in memory. */
  public int bytes() {
    return bytes;
  }
}
