package dev.terse.engine.cuda;

/** What products read; they always add and write 32-bit floats. */
enum NumberType {
  FLOAT32(Float.BYTES),
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
