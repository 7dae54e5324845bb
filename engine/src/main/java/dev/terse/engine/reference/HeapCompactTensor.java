package dev.terse.engine.reference;

import dev.terse.engine.CompactTensor;
import dev.terse.engine.Storage;

/** A compact tensor on a {@code byte[]}. */
final class HeapCompactTensor extends CompactTensor {
  private final byte[] data;
  private final Life life = new Life();

  /** Zeros. */
  HeapCompactTensor(Storage storage, int... shape) {
    super(storage, shape);
    this.data = new byte[Math.toIntExact(byteSize())];
    setFloats(new float[Math.toIntExact(size())]);
  }

  @Override
  public void readBytes(long offset, byte[] target, int at, int count) {
    life.require(this);
    requireRange("bytes", offset, count, data.length);
    System.arraycopy(data, (int) offset, target, at, count);
  }

  @Override
  public void writeBytes(long offset, byte[] source, int at, int count) {
    life.require(this);
    requireRange("bytes", offset, count, data.length);
    System.arraycopy(source, at, data, (int) offset, count);
  }

  @Override
  public void close() {
    life.end("it had been closed");
  }
}
