package dev.terse.engine;

import dev.terse.engine.numbers.DynamicMap;
import dev.terse.engine.numbers.Storage;

/**
 * A dense row-major array of real numbers, made by an {@link Engine} (which also chooses the width
 * of a number: 4 bytes on ND4J, 8 in the reference).
 *
 * <p>Shapes are written outermost axis first, in square brackets: {@code [N, C]}. Axes beyond the
 * first are contiguous, so a range of rows is a view without a copy.
 *
 * <p>Ownership: a tensor from {@link Engine#allocate} belongs to the caller, who closes it; one
 * from an {@link Arena} dies with the arena; a view dies with what it views. Closing the last two
 * does nothing.
 */
public interface Tensor extends AutoCloseable {

  /** Lengths of the axes, outermost first; a fresh array. */
  int[] shape();

  /** Number of elements. */
  long size();

  /** Length of the first axis. */
  default int rows() {
    return shape()[0];
  }

  /** Elements in one entry of the first axis. */
  default int rowSize() {
    return Math.toIntExact(size() / Math.max(1, rows()));
  }

  /**
   * A view of rows {@code from} (inclusive) to {@code to} (exclusive); writes go to this tensor.
   *
   * @throws IllegalArgumentException if the range is empty or reaches outside
   */
  Tensor rowsView(int from, int to);

  /**
   * The same elements in another shape of equal size; writes go to this tensor.
   *
   * @throws IllegalArgumentException if the sizes differ
   */
  Tensor shapedView(int... shape);

  /** How the numbers lie in memory. */
  default Storage storage() {
    return Storage.FULL;
  }

  /** Copies {@code count} elements that start at {@code offset} into {@code target[at..]}. */
  void read(long offset, float[] target, int at, int count);

  /**
   * Overwrites {@code count} elements that start at {@code offset} by {@code source[at..]}, rounded
   * to what the {@link #storage} can hold: bfloat16 to nearest, ties to even, NaN stays NaN; 8 bits
   * in whole blocks (offset a multiple of {@value DynamicMap#BLOCK}, count too or up to the end).
   */
  void write(long offset, float[] source, int at, int count);

  /** Bytes of the state that {@link #readBytes} tells. */
  long byteSize();

  /**
   * Copies bytes {@code offset} to {@code offset + count} of the tensor as it lies in memory:
   * little-endian numbers; for 8 bits the codes of all elements, then the absmax of every block as
   * 32-bit floats. Whole numbers only. What is read so and written back gives the same tensor to
   * the last bit.
   */
  void readBytes(long offset, byte[] target, int at, int count);

  /** Undoes {@link #readBytes}. */
  void writeBytes(long offset, byte[] source, int at, int count);

  /** All elements at the engine's full width. */
  default double[] toDoubles() {
    float[] floats = toFloats();
    double[] out = new double[floats.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = floats[i];
    }
    return out;
  }

  /** Overwrites all elements; {@code values.length} must equal {@link #size()}. */
  default void setDoubles(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    setFloats(floats);
  }

  /** All elements as 32-bit floats. */
  default float[] toFloats() {
    float[] out = new float[Math.toIntExact(size())];
    read(0, out, 0, out.length);
    return out;
  }

  /** Overwrites all elements; {@code values.length} must equal {@link #size()}. */
  default void setFloats(float[] values) {
    if (values.length != size()) {
      throw new IllegalArgumentException(
          "expected "
              + size()
              + " values for shape "
              + Shapes.text(shape())
              + ", got "
              + values.length);
    }
    write(0, values, 0, values.length);
  }

  @Override
  void close();
}
