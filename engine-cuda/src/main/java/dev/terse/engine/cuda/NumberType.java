package dev.terse.engine.cuda;

/** How a product reads its operands; it always adds and writes 32-bit floats. */
enum NumberType {
  /** 32-bit floats as they are. */
  FLOAT32(Float.BYTES),

  /** 32-bit floats, rounded to bfloat16 on the way: slower than {@link #BFLOAT16}, but no copy. */
  ROUNDED(Float.BYTES),

  /** bfloat16 in memory. */
  BFLOAT16(Short.BYTES);

  private final int bytes;

  NumberType(int bytes) {
    this.bytes = bytes;
  }

  /** Of one number in memory. */
  int bytes() {
    return bytes;
  }
}
