package dev.terse.engine.nd4j.memory;

import dev.terse.engine.numbers.Bfloat16;
import dev.terse.engine.numbers.NumberType;

/**
 * Native memory of numbers of a type, for operands of matmuls that are written as floats a few at a
 * time. Not where memory is reached through ND4J's arrays.
 */
public final class TypedBlock implements AutoCloseable {
  private static final byte[] ZEROS = new byte[1 << 14];

  private final NumberType type;
  private final ByteBlock bytes;

  public TypedBlock(long length, NumberType type, Memory memory) {
    this.type = type;
    this.bytes = new ByteBlock(length * type.bytes(), memory);
  }

  /** Rows without gaps. */
  public Matrix matrix(long offset, int rows, int columns) {
    return new Matrix(bytes.floats(), offset, rows, columns, columns, type);
  }

  /** Rounds {@code count} floats to the type and writes them. */
  public void write(long offset, float[] source, int at, int count) {
    if (type == NumberType.FLOAT32) {
      bytes.floats().write(offset, source, at, count);
      return;
    }
    byte[] rounded = new byte[count * type.bytes()];
    for (int i = 0; i < count; i++) {
      short bits = Bfloat16.of(source[at + i]);
      rounded[2 * i] = (byte) bits;
      rounded[2 * i + 1] = (byte) (bits >>> 8);
    }
    bytes.write(offset * type.bytes(), rounded, 0, rounded.length);
  }

  /** Sets {@code count} numbers to 0. */
  public void clear(long offset, int count) {
    long end = (offset + count) * type.bytes();
    for (long at = offset * type.bytes(); at < end; at += ZEROS.length) {
      bytes.write(at, ZEROS, 0, (int) Math.min(ZEROS.length, end - at));
    }
  }

  /** Copies {@code count} numbers, from {@code offset} here to {@code at} there. */
  public void copyTo(TypedBlock other, long offset, long at, int count) {
    byte[] all = new byte[count * type.bytes()];
    bytes.read(offset * type.bytes(), all, 0, all.length);
    other.bytes.write(at * type.bytes(), all, 0, all.length);
  }

  @Override
  public void close() {
    bytes.close();
  }
}
