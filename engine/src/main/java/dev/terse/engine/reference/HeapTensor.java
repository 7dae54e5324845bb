package dev.terse.engine.reference;

import dev.terse.engine.Shapes;
import dev.terse.engine.Storage;
import dev.terse.engine.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.Arrays;

/** A tensor on a {@code double[]}; knows whether its memory may still be used. */
final class HeapTensor implements Tensor {
  private final double[] data;
  private final int offset;
  private final int[] shape;
  private final int size;
  private final int rowSize;
  private final Life life;
  private final Runnable onClose;

  private HeapTensor(double[] data, int offset, int[] shape, Life life, Runnable onClose) {
    this.data = data;
    this.offset = offset;
    this.shape = shape.clone();
    this.size = Math.toIntExact(Shapes.size(shape));
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

  /** The heap tensor behind an argument of an operation; checks that it may still be used. */
  static HeapTensor of(Tensor tensor) {
    if (tensor instanceof HeapCompactTensor compact) {
      throw compact.misused();
    }
    if (!(tensor instanceof HeapTensor heap)) {
      throw new IllegalArgumentException(
          "the reference engine works on its own tensors, got a " + tensor.getClass().getName());
    }
    heap.life.require(heap);
    return heap;
  }

  /** The same of a product's weight, which may be stored in bfloat16: then a copy. */
  static HeapTensor weight(Tensor tensor) {
    if (!(tensor instanceof HeapCompactTensor) || tensor.storage() != Storage.BFLOAT16) {
      return of(tensor);
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
  public int[] shape() {
    return shape.clone();
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int rows() {
    return shape[0];
  }

  @Override
  public int rowSize() {
    return rowSize;
  }

  @Override
  public Tensor rowsView(int from, int to) {
    life.require(this);
    if (from < 0 || to > shape[0] || from >= to) {
      throw new IllegalArgumentException(
          "rows " + from + " to " + to + " are no range of rows of " + this);
    }
    int[] viewShape = shape.clone();
    viewShape[0] = to - from;
    return new HeapTensor(data, offset + from * rowSize, viewShape, life, () -> {});
  }

  @Override
  public Tensor shapedView(int... viewShape) {
    life.require(this);
    Shapes.requirePositive(viewShape);
    if (Shapes.size(viewShape) != size) {
      throw new IllegalArgumentException(
          this + " cannot be seen as " + Shapes.text(viewShape) + ": sizes differ");
    }
    return new HeapTensor(data, offset, viewShape, life, () -> {});
  }

  @Override
  public void read(long from, float[] target, int at, int count) {
    int start = range(from, count);
    for (int i = 0; i < count; i++) {
      target[at + i] = (float) data[start + i];
    }
  }

  @Override
  public void write(long from, float[] source, int at, int count) {
    int start = range(from, count);
    for (int i = 0; i < count; i++) {
      data[start + i] = source[at + i];
    }
  }

  @Override
  public long byteSize() {
    return (long) size * Double.BYTES;
  }

  @Override
  public void readBytes(long from, byte[] target, int at, int count) {
    int start = range(from / Double.BYTES, count / Double.BYTES);
    numbers(target, at, count).put(data, start, count / Double.BYTES);
  }

  @Override
  public void writeBytes(long from, byte[] source, int at, int count) {
    int start = range(from / Double.BYTES, count / Double.BYTES);
    numbers(source, at, count).get(data, start, count / Double.BYTES);
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

  @Override
  public String toString() {
    return "tensor " + Shapes.text(shape);
  }

  private int range(long from, int count) {
    life.require(this);
    if (from < 0 || count < 0 || from + count > size) {
      throw new IllegalArgumentException(
          "elements " + from + " to " + (from + count) + " are outside " + this);
    }
    return offset + (int) from;
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
