package dev.terse.engine.nd4j;

import dev.terse.engine.CompactTensor;
import dev.terse.engine.Storage;
import dev.terse.engine.Tensor;
import java.util.Arrays;

/** A compact tensor in native memory. */
final class Nd4jCompactTensor extends CompactTensor {
  /** Bytes that are written at a time. */
  private static final int PIECE = 1 << 16;

  private final ByteBlock block;

  /** Zeros. */
  Nd4jCompactTensor(Memory memory, Storage storage, int... shape) {
    super(storage, shape);
    this.block = new ByteBlock(byteSize(), memory);
    if (!memory.isCounted()) {
      long numbers = storage == Storage.BFLOAT16 ? byteSize() : size();
      fill(0, numbers, storage == Storage.BFLOAT16 ? (byte) 0 : storage.map().zero());
      fill(numbers, byteSize(), (byte) 0);
    }
  }

  private void fill(long from, long to, byte value) {
    byte[] bytes = new byte[(int) Math.min(PIECE, to - from)];
    Arrays.fill(bytes, value);
    for (long at = from; at < to; at += bytes.length) {
      block.write(at, bytes, 0, (int) Math.min(bytes.length, to - at));
    }
  }

  /** The numbers of a tensor of two axes, stored in bfloat16. */
  static Matrix matrix(Tensor tensor) {
    if (!(tensor instanceof Nd4jCompactTensor own)) {
      throw new IllegalArgumentException(
          "the nd4j engine works on its own tensors, got a " + tensor.getClass().getName());
    }
    own.requireOpen();
    int columns = own.rowSize();
    return new Matrix(own.block.floats(), 0, own.rows(), columns, columns, NumberType.BFLOAT16);
  }

  @Override
  public void readBytes(long offset, byte[] target, int at, int count) {
    requireOpen();
    requireRange("bytes", offset, count, byteSize());
    block.read(offset, target, at, count);
  }

  @Override
  public void writeBytes(long offset, byte[] source, int at, int count) {
    requireOpen();
    requireRange("bytes", offset, count, byteSize());
    block.write(offset, source, at, count);
  }

  @Override
  public void close() {
    block.close();
  }

  private void requireOpen() {
    if (block.isClosed()) {
      throw new IllegalStateException(this + " was used after its memory had been freed");
    }
  }
}
