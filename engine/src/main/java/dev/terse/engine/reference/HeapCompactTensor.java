package dev.terse.engine.reference;

import dev.terse.engine.numbers.Storage;
import dev.terse.engine.spi.CompactTensor;

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
  protected void requireOpen() {
    life.require(this);
  }

  @Override
  protected void loadBytes(long offset, byte[] target, int at, int count) {
    System.arraycopy(data, (int) offset, target, at, count);
  }

  @Override
  protected void storeBytes(long offset, byte[] source, int at, int count) {
    System.arraycopy(source, at, data, (int) offset, count);
  }

  @Override
  public void close() {
    life.end("it had been closed");
  }
}
