package dev.terse.engine.spi;

import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;
import dev.terse.engine.numbers.Bfloat16;
import dev.terse.engine.numbers.DynamicMap;
import dev.terse.engine.numbers.Storage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A tensor of another storage than {@link Storage#FULL}: what its bytes mean. Where they lie is the
 * engine's affair, which subclasses it. It has no views: 8-bit blocks do not follow rows.
 */
public abstract class CompactTensor implements Tensor {
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private final Storage storage;
  private final int[] shape;
  private final long size;

  protected CompactTensor(Storage storage, int... shape) {
    Shapes.requirePositive(shape);
    this.storage = storage;
    this.shape = shape.clone();
    this.size = Shapes.size(shape);
  }

  /**
   * Checks that the memory may still be used.
   *
   * @throws IllegalStateException if it was freed
   */
  protected abstract void requireOpen();

  /** {@link #readBytes} of bytes that exist. */
  protected abstract void loadBytes(long offset, byte[] target, int at, int count);

  /** {@link #writeBytes} to bytes that exist. */
  protected abstract void storeBytes(long offset, byte[] source, int at, int count);

  @Override
  public final Storage storage() {
    return storage;
  }

  @Override
  public final int[] shape() {
    return shape.clone();
  }

  @Override
  public final long size() {
    return size;
  }

  @Override
  public final long byteSize() {
    return storage.bytes(size, 0);
  }

  @Override
  public final void readBytes(long offset, byte[] target, int at, int count) {
    requireRange("bytes", offset, count, byteSize());
    loadBytes(offset, target, at, count);
  }

  @Override
  public final void writeBytes(long offset, byte[] source, int at, int count) {
    requireRange("bytes", offset, count, byteSize());
    storeBytes(offset, source, at, count);
  }

  @Override
  public final Tensor rowsView(int from, int to) {
    throw noView();
  }

  @Override
  public final Tensor shapedView(int... viewShape) {
    throw noView();
  }

  /** The failure of an operation that was given this tensor and cannot take it. */
  final IllegalArgumentException misused() {
    return new IllegalArgumentException(
        "only moments of adamW, and in bfloat16 weights of matmuls that read it, may be compact,"
            + " got a "
            + this);
  }

  private IllegalArgumentException noView() {
    return new IllegalArgumentException(this + " cannot be viewed in parts or in another shape");
  }

  @Override
  public final void read(long offset, float[] target, int at, int count) {
    requireRange("elements", offset, count, size);
    if (storage == Storage.BFLOAT16) {
      short[] bits = new short[count];
      bytes(offset * Short.BYTES, count * Short.BYTES).asShortBuffer().get(bits);
      for (int i = 0; i < count; i++) {
        target[at + i] = Bfloat16.toFloat(bits[i]);
      }
      return;
    }
    int first = (int) (offset % DynamicMap.BLOCK);
    float[] absmax = new float[(int) DynamicMap.blocks(first + count)];
    bytes(absmaxAt(offset), absmax.length * Float.BYTES).asFloatBuffer().get(absmax);
    storage.map().decode(bytes(offset, count).array(), absmax, first, target, at, count);
  }

  @Override
  public final void write(long offset, float[] source, int at, int count) {
    requireRange("elements", offset, count, size);
    if (storage == Storage.BFLOAT16) {
      short[] bits = new short[count];
      for (int i = 0; i < count; i++) {
        bits[i] = Bfloat16.of(source[at + i]);
      }
      writeBfloat16(offset, bits);
      return;
    }
    requireWholeBlocks(offset, count);
    byte[] codes = new byte[count];
    float[] absmax = new float[(int) DynamicMap.blocks(count)];
    storage.map().encode(source, at, count, codes, absmax);
    ByteBuffer scales = ByteBuffer.allocate(absmax.length * Float.BYTES).order(ORDER);
    scales.asFloatBuffer().put(absmax);
    writeBytes(offset, codes, 0, count);
    writeBytes(absmaxAt(offset), scales.array(), 0, scales.capacity());
  }

  /**
   * Overwrites elements of a BFLOAT16 tensor from {@code offset} on by numbers that are rounded.
   */
  public final void writeBfloat16(long offset, short[] bits) {
    ByteBuffer bytes = ByteBuffer.allocate(bits.length * Short.BYTES).order(ORDER);
    bytes.asShortBuffer().put(bits);
    writeBytes(offset * Short.BYTES, bytes.array(), 0, bytes.capacity());
  }

  /** The byte at which the absmax of an element's block begins. */
  private long absmaxAt(long offset) {
    return size + offset / DynamicMap.BLOCK * Float.BYTES;
  }

  private ByteBuffer bytes(long from, int count) {
    byte[] bytes = new byte[count];
    readBytes(from, bytes, 0, count);
    return ByteBuffer.wrap(bytes).order(ORDER);
  }

  @Override
  public final String toString() {
    return storage + " tensor " + Shapes.text(shape);
  }

  private void requireRange(String what, long from, int count, long all) {
    requireOpen();
    if (from < 0 || count < 0 || from + count > all) {
      throw new IllegalArgumentException(
          what + " " + from + " to " + (from + count) + " are outside " + this);
    }
  }

  private void requireWholeBlocks(long offset, int count) {
    boolean toTheEnd = offset + count == size;
    if (offset % DynamicMap.BLOCK != 0 || count % DynamicMap.BLOCK != 0 && !toTheEnd) {
      throw new IllegalArgumentException(
          this
              + " is written in whole blocks of "
              + DynamicMap.BLOCK
              + " numbers, not elements "
              + offset
              + " to "
              + (offset + count));
    }
  }
}
