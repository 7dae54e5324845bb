package dev.terse.engine.reference;

import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;
import dev.terse.engine.spi.DenseTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.Arrays;

/** A tensor on a {@code double[]}; knows whether its memory may still be used. */
final class HeapTensor extends DenseTensor<HeapTensor> {
  private final double[] data;
  private final int offset;
  private final int size;
  private final int rowSize;
  private final Life life;
  private final Runnable onClose;

  private HeapTensor(double[] data, int offset, int[] shape, Life life, Runnable onClose) {
    super(Double.BYTES, shape);
    this.data = data;
    this.offset = offset;
    this.size = Math.toIntExact(size());
    this.rowSize = size / shape[0];
    this.life = life;
    this.onClose = onClose;
  }

  /** A tensor of zeros that ends when it is closed. */
  static HeapTensor owned(int... shape) {
    Life life = new Life();
    return new HeapTensor(memory(0, shape), 0, shape, life, () -> life.end("it had been closed"));
  }

  /** A tensor filled with {@code fill} that ends with the given life. */
  static HeapTensor lent(Life life, double fill, int... shape) {
    return new HeapTensor(memory(fill, shape), 0, shape, life, () -> {});
  }

  /** A matmul's weight, which may be stored in bfloat16: then a copy. */
  static HeapTensor weight(Tensor tensor) {
    if (tensor instanceof HeapTensor full) {
      return full;
    }
    HeapTensor copy = owned(tensor.shape());
    copy.setDoubles(tensor.toDoubles());
    return copy;
  }

  double get(int i) {
    return data[offset + i];
  }

  double get(int row, int column) {
    return data[offset + row * rowSize + column];
  }

  void set(int i, double value) {
    data[offset + i] = value;
  }

  void set(int row, int column, double value) {
    data[offset + row * rowSize + column] = value;
  }

  void add(int i, double value) {
    data[offset + i] += value;
  }

  void add(int row, int column, double value) {
    data[offset + row * rowSize + column] += value;
  }

  /** A copy of one row. */
  double[] row(int row) {
    int start = offset + row * rowSize;
    return Arrays.copyOfRange(data, start, start + rowSize);
  }

  void setRow(int row, double[] values) {
    System.arraycopy(values, 0, data, offset + row * rowSize, rowSize);
  }

  void fill(double value) {
    Arrays.fill(data, offset, offset + size, value);
  }

  boolean overlaps(HeapTensor other) {
    return data == other.data && offset < other.offset + other.size && other.offset < offset + size;
  }

  boolean covers(HeapTensor other) {
    return data == other.data && offset == other.offset && size == other.size;
  }

  @Override
  protected HeapTensor view(long from, int... viewShape) {
    return new HeapTensor(data, offset + (int) from, viewShape, life, () -> {});
  }

  @Override
  protected void requireOpen() {
    life.require(this);
  }

  @Override
  protected void load(long from, float[] target, int at, int count) {
    for (int i = 0; i < count; i++) {
      target[at + i] = (float) data[offset + (int) from + i];
    }
  }

  @Override
  protected void store(long from, float[] source, int at, int count) {
    for (int i = 0; i < count; i++) {
      data[offset + (int) from + i] = source[at + i];
    }
  }

  @Override
  protected void loadBytes(long from, byte[] target, int at, int count) {
    numbers(target, at, count)
        .put(data, offset + (int) (from / Double.BYTES), count / Double.BYTES);
  }

  @Override
  protected void storeBytes(long from, byte[] source, int at, int count) {
    numbers(source, at, count)
        .get(data, offset + (int) (from / Double.BYTES), count / Double.BYTES);
  }

  private static DoubleBuffer numbers(byte[] bytes, int at, int count) {
    return ByteBuffer.wrap(bytes, at, count).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer();
  }

  @Override
  public double[] toDoubles() {
    life.require(this);
    return Arrays.copyOfRange(data, offset, offset + size);
  }

  @Override
  public void setDoubles(double[] values) {
    life.require(this);
    if (values.length != size) {
      throw new IllegalArgumentException(
          "expected " + size + " values for " + this + ", got " + values.length);
    }
    System.arraycopy(values, 0, data, offset, size);
  }

  @Override
  public void close() {
    onClose.run();
  }

  private static double[] memory(double fill, int... shape) {
    Shapes.requirePositive(shape);
    double[] data = new double[Math.toIntExact(Shapes.size(shape))];
    if (fill != 0) {
      Arrays.fill(data, fill);
    }
    return data;
  }
}
