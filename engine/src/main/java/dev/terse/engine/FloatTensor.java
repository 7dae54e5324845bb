package dev.terse.engine;

/**
 * What tensors of 32-bit floats have in common, wherever their numbers lie.
 *
 * @param <T> the engine's own tensor
 */
public abstract class FloatTensor<T extends FloatTensor<T>> implements Tensor {
  private final int[] shape;
  private final long size;

  protected FloatTensor(int... shape) {
    this.shape = shape.clone();
    this.size = Shapes.size(shape);
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

  @Override
  public final int[] shape() {
    return shape.clone();
  }

  @Override
  public final int rows() {
    return shape[0];
  }

  @Override
  public final long size() {
    return size;
  }

  @Override
  public final long byteSize() {
    return size * Float.BYTES;
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
  public final String toString() {
    return "tensor " + Shapes.text(shape);
  }

  /** Checks that the memory may be used and that the tensor has these elements. */
  protected final void requireRange(long from, int count) {
    requireOpen();
    if (from < 0 || count < 0 || from + count > size) {
      throw new IllegalArgumentException(
          "elements " + from + " to " + (from + count) + " are outside " + this);
    }
  }
}
