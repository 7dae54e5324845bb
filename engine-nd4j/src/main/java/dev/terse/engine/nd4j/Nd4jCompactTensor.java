package dev.terse.engine.nd4j;

import dev.terse.engine.CompactTensor;
import dev.terse.engine.Storage;

/** A compact tensor in native memory. */
final class Nd4jCompactTensor extends CompactTensor {
  /** Bytes that are cleared at a time: whole 8-bit blocks. */
  private static final int PIECE = 1 << 16;

  private final ByteBlock block;

  /** Zeros. */
  Nd4jCompactTensor(Memory memory, Storage storage, int... shape) {
    super(storage, shape);
    this.block = new ByteBlock(byteSize(), memory);
    if (memory.isCounted()) {
      return;
    }
    float[] zeros = new float[(int) Math.min(PIECE, size())];
    for (long from = 0; from < size(); from += PIECE) {
      write(from, zeros, 0, (int) Math.min(PIECE, size() - from));
    }
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
