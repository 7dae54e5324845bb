package dev.terse.engine.nd4j.memory;

import dev.terse.engine.numbers.NumberType;
import dev.terse.engine.numbers.Storage;
import dev.terse.engine.spi.CompactTensor;
import java.util.Arrays;

/** A compact tensor in native memory. */
public final class Nd4jCompactTensor extends CompactTensor {
  /** Bytes that are written at a time. */
  private static final int PIECE = 1 << 16;

  private final ByteBlock block;

  /** Zeros. */
  public Nd4jCompactTensor(Memory memory, Storage storage, int... shape) {
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
  public Matrix matrix() {
    return new Matrix(block.floats(), 0, rows(), rowSize(), rowSize(), NumberType.BFLOAT16);
  }

  @Override
  protected void loadBytes(long offset, byte[] target, int at, int count) {
    block.read(offset, target, at, count);
  }

  @Override
  protected void storeBytes(long offset, byte[] source, int at, int count) {
    block.changed();
    block.write(offset, source, at, count);
  }

  @Override
  public void close() {
    block.close();
  }

  @Override
  protected void requireOpen() {
    if (block.isClosed()) {
      throw new IllegalStateException(this + " was used after its memory had been freed");
    }
  }
}
