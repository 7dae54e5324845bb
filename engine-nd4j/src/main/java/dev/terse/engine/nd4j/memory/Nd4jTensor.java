package dev.terse.engine.nd4j.memory;

import dev.terse.engine.spi.DenseTensor;
import dev.terse.engine.spi.OwnTensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A row-major range of a {@link Block}. */
public final class Nd4jTensor extends DenseTensor<Nd4jTensor> {
  /** The tensors of this engine. */
  public static final OwnTensors<Nd4jTensor> OWN =
      new OwnTensors<>("nd4j", Nd4jTensor.class, Nd4jCompactTensor.class);

  private static final int CLEARED_AT_ONCE = 1 << 14;

  private final Block block;
  private final long offset;
  private final boolean owner;
  private INDArray array;

  private Nd4jTensor(Block block, long offset, int[] shape, boolean owner) {
    super(Float.BYTES, shape);
    this.block = block;
    this.offset = offset;
    this.owner = owner;
  }

  /** A tensor that frees its block when it is closed. */
  public static Nd4jTensor owning(Block block, int... shape) {
    return new Nd4jTensor(block, 0, shape, true);
  }

  public static Nd4jTensor view(Block block, long offset, int... shape) {
    return new Nd4jTensor(block, offset, shape, false);
  }

  public Block block() {
    return block;
  }

  public long offset() {
    return offset;
  }

  /** This tensor as an ND4J array of its own shape; made once. */
  public INDArray array() {
    INDArray made = array;
    if (made == null) {
      made = block.view(offset, longs(shape()));
      array = made;
    }
    return made;
  }

  /** The same elements in another shape, as an ND4J array. */
  public INDArray arrayOf(long... otherShape) {
    return block.view(offset, otherShape);
  }

  @Override
  protected Nd4jTensor view(long from, int... viewShape) {
    return Arrays.equals(viewShape, shape()) ? this : view(block, offset + from, viewShape);
  }

  @Override
  protected void changed() {
    block.changed();
  }

  @Override
  protected void load(long from, float[] target, int at, int count) {
    block.read(offset + from, target, at, count);
  }

  /** {@link #write} of a kernel: to elements that exist, as a part of one operation. */
  @Override
  public void store(long from, float[] source, int at, int count) {
    block.write(offset + from, source, at, count);
  }

  @Override
  protected void loadBytes(long from, byte[] target, int at, int count) {
    float[] numbers = new float[count / Float.BYTES];
    load(from / Float.BYTES, numbers, 0, numbers.length);
    floats(target, at, count).put(numbers);
  }

  @Override
  protected void storeBytes(long from, byte[] source, int at, int count) {
    float[] numbers = new float[count / Float.BYTES];
    floats(source, at, count).get(numbers);
    store(from / Float.BYTES, numbers, 0, numbers.length);
  }

  private static FloatBuffer floats(byte[] bytes, int at, int count) {
    return ByteBuffer.wrap(bytes, at, count).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  /** Sets all elements to 0. */
  void clear() {
    float[] zeros = new float[(int) Math.min(size(), CLEARED_AT_ONCE)];
    for (long from = 0; from < size(); from += zeros.length) {
      store(from, zeros, 0, (int) Math.min(zeros.length, size() - from));
    }
  }

  @Override
  public void close() {
    if (owner) {
      block.close();
    }
  }

  @Override
  protected void requireOpen() {
    if (block.isClosed()) {
      throw new IllegalStateException(this + " was used after its memory had been freed");
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
