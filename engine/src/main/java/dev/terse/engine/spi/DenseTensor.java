package dev.terse.engine.spi;

import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;

/**
 * A tensor of the engine's full width: its shape, views and range checks. Where the numbers lie is
 * the engine's affair, which subclasses it.
 *
 * @param <T> the engine's own tensor
 */
public abstract class DenseTensor<T extends DenseTensor<T>> implements Tensor {
  private final int numberBytes;
  private final int[] shape;
  private final long size;
  private final long rowSize;

  /**
   * @param numberBytes of one number
   */
  protected DenseTensor(int numberBytes, int... shape) {
    this.numberBytes = numberBytes;
    this.shape = shape.clone();
    this.size = Shapes.size(shape);
    this.rowSize = size / Math.max(1, shape[0]);
  }

  /**
   * The same numbers from {@code offset} on in another shape, which fits.
   *
   * @param offset numbers of this tensor before the view's
   */
  protected abstract T view(long offset, int... viewShape);

  /**
   * Checks that the memory may still be used.
   *
   * @throws IllegalStateException if it was freed
   */
  protected abstract void requireOpen();

  /** Told once before an operation writes to this tensor, and never for a read. */
  protected void changed() {}

  /** {@link #read} of elements that exist. */
  protected abstract void load(long from, float[] target, int at, int count);

  /** {@link #write} to elements that exist. */
  protected abstract void store(long from, float[] source, int at, int count);

  /** {@link #readBytes} of bytes that exist. */
  protected abstract void loadBytes(long from, byte[] target, int at, int count);

  /** {@link #writeBytes} to bytes that exist. */
  protected abstract void storeBytes(long from, byte[] source, int at, int count);

  @Override
  public final int[] shape() {
    return shape.clone();
  }

  @Override
  public final int rows() {
    return shape[0];
  }

  @Override
  public final int rowSize() {
    return Math.toIntExact(rowSize);
  }

  @Override
  public final long size() {
    return size;
  }

  @Override
  public final long byteSize() {
    return size * numberBytes;
  }

  @Override
  public final T rowsView(int from, int to) {
    requireOpen();
    if (from < 0 || to > shape[0] || from >= to) {
      throw new IllegalArgumentException(
          "rows " + from + " to " + to + " are no range of rows of " + this);
    }
    int[] viewShape = shape.clone();
    viewShape[0] = to - from;
    return view((long) from * rowSize(), viewShape);
  }

  @Override
  public final T shapedView(int... viewShape) {
    requireOpen();
    Shapes.requirePositive(viewShape);
    if (Shapes.size(viewShape) != size) {
      throw new IllegalArgumentException(
          this + " cannot be seen as " + Shapes.text(viewShape) + ": sizes differ");
    }
    return view(0, viewShape);
  }

  @Override
  public final void read(long from, float[] target, int at, int count) {
    requireRange(from, count);
    load(from, target, at, count);
  }

  @Override
  public final void write(long from, float[] source, int at, int count) {
    requireRange(from, count);
    changed();
    store(from, source, at, count);
  }

  @Override
  public final void readBytes(long from, byte[] target, int at, int count) {
    requireWholeNumbers(from, count);
    loadBytes(from, target, at, count);
  }

  @Override
  public final void writeBytes(long from, byte[] source, int at, int count) {
    requireWholeNumbers(from, count);
    changed();
    storeBytes(from, source, at, count);
  }

  @Override
  public final String toString() {
    return "tensor " + Shapes.text(shape);
  }

  private void requireWholeNumbers(long from, int count) {
    if (from % numberBytes != 0 || count % numberBytes != 0) {
      throw new IllegalArgumentException(
          "bytes "
              + from
              + " to "
              + (from + count)
              + " are not whole numbers of "
              + numberBytes
              + " bytes of "
              + this);
    }
    requireRange(from / numberBytes, count / numberBytes);
  }

  private void requireRange(long from, int count) {
    requireOpen();
    if (from < 0 || count < 0 || from + count > size) {
      throw new IllegalArgumentException(
          "elements " + from + " to " + (from + count) + " are outside " + this);
    }
  }
}
