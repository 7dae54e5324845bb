package dev.terse.engine.nd4j;

import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A row-major range of a {@link Block}. */
final class Nd4jTensor implements Tensor {
  private static final int CLEARED_AT_ONCE = 1 << 14;

  private final Block block;
  private final long offset;
  private final int[] shape;
  private final long size;
  private final boolean owner;
  private INDArray array;

  private Nd4jTensor(Block block, long offset, int[] shape, boolean owner) {
    this.block = block;
    this.offset = offset;
    this.shape = shape;
    this.size = Shapes.size(shape);
    this.owner = owner;
  }

  /** A tensor that frees its block when it is closed. */
  static Nd4jTensor owning(Block block, int... shape) {
    return new Nd4jTensor(block, 0, shape.clone(), true);
  }

  static Nd4jTensor view(Block block, long offset, int... shape) {
    return new Nd4jTensor(block, offset, shape.clone(), false);
  }

  /** The ND4J tensor behind an argument of an operation; null stays null. */
  static Nd4jTensor of(Tensor tensor) {
    if (tensor instanceof Nd4jCompactTensor compact) {
      throw compact.misused();
    }
    if (tensor != null && !(tensor instanceof Nd4jTensor)) {
      throw new IllegalArgumentException(
          "the nd4j engine works on its own tensors, got a " + tensor.getClass().getName());
    }
    Nd4jTensor own = (Nd4jTensor) tensor;
    if (own != null) {
      own.requireOpen();
    }
    return own;
  }

  Block block() {
    return block;
  }

  long offset() {
    return offset;
  }

  /** This tensor as an ND4J array of its own shape; made once. */
  INDArray array() {
    INDArray made = array;
    if (made == null) {
      made = block.view(offset, longs(shape));
      array = made;
    }
    return made;
  }

  /** The same elements in another shape, as an ND4J array. */
  INDArray arrayOf(long... otherShape) {
    return block.view(offset, otherShape);
  }

  @Override
  public int[] shape() {
    return shape.clone();
  }

  @Override
  public int rows() {
    return shape[0];
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Nd4jTensor rowsView(int from, int to) {
    requireOpen();
    if (from < 0 || to > shape[0] || from >= to) {
      throw new IllegalArgumentException(
          "rows " + from + " to " + to + " are no range of rows of " + this);
    }
    if (from == 0 && to == shape[0]) {
      return this;
    }
    int[] viewShape = shape.clone();
    viewShape[0] = to - from;
    return view(block, offset + (long) from * rowSize(), viewShape);
  }

  @Override
  public Nd4jTensor shapedView(int... viewShape) {
    requireOpen();
    Shapes.requirePositive(viewShape);
    if (Shapes.size(viewShape) != size) {
      throw new IllegalArgumentException(
          this + " cannot be seen as " + Shapes.text(viewShape) + ": sizes differ");
    }
    return view(block, offset, viewShape);
  }

  @Override
  public void read(long from, float[] target, int at, int count) {
    requireRange(from, count);
    block.read(offset + from, target, at, count);
  }

  @Override
  public void write(long from, float[] source, int at, int count) {
    requireRange(from, count);
    block.write(offset + from, source, at, count);
  }

  @Override
  public long byteSize() {
    return size * Float.BYTES;
  }

  @Override
  public void readBytes(long from, byte[] target, int at, int count) {
    float[] numbers = new float[count / Float.BYTES];
    read(from / Float.BYTES, numbers, 0, numbers.length);
    floats(target, at, count).put(numbers);
  }

  @Override
  public void writeBytes(long from, byte[] source, int at, int count) {
    float[] numbers = new float[count / Float.BYTES];
    floats(source, at, count).get(numbers);
    write(from / Float.BYTES, numbers, 0, numbers.length);
  }

  private static FloatBuffer floats(byte[] bytes, int at, int count) {
    return ByteBuffer.wrap(bytes, at, count).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  /** Sets all elements to 0. */
  void clear() {
    float[] zeros = new float[(int) Math.min(size, CLEARED_AT_ONCE)];
    for (long from = 0; from < size; from += zeros.length) {
      write(from, zeros, 0, (int) Math.min(zeros.length, size - from));
    }
  }

  @Override
  public double[] toDoubles() {
    float[] floats = toFloats();
    double[] out = new double[floats.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = floats[i];
    }
    return out;
  }

  @Override
  public void setDoubles(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    setFloats(floats);
  }

  @Override
  public void close() {
    if (owner) {
      block.close();
    }
  }

  @Override
  public String toString() {
    return "tensor " + Shapes.text(shape);
  }

  private void requireOpen() {
    if (block.isClosed()) {
      throw new IllegalStateException(this + " was used after its memory had been freed");
    }
  }

  private void requireRange(long from, int count) {
    requireOpen();
    if (from < 0 || count < 0 || from + count > size) {
      throw new IllegalArgumentException(
          "elements " + from + " to " + (from + count) + " are outside " + this);
    }
  }

  private static long[] longs(int[] shape) {
    long[] out = new long[shape.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = shape[i];
    }
    return out;
  }
}
