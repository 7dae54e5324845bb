package dev.terse.engine;

import java.util.Arrays;

/**
 * Sizes, texts and checks of shapes.
 *
 * <p>Letters used in this project: N tokens (all sequences of a packed batch one after another), C
 * channels, H heads, K key-value heads, D head dimension, F feed-forward width, V vocabulary, R
 * rows, B live sequences, T positions of one sequence.
 */
public final class Shapes {
  private Shapes() {}

  /** Product of the axes. */
  public static long size(int... shape) {
    long size = 1;
    for (int axis : shape) {
      size = Math.multiplyExact(size, (long) axis);
    }
    return size;
  }

  /**
   * Checks that there is an axis and that no axis is empty.
   *
   * @throws IllegalArgumentException otherwise
   */
  public static void requirePositive(int... shape) {
    boolean positive = shape.length > 0;
    for (int axis : shape) {
      positive &= axis > 0;
    }
    if (!positive) {
      throw new IllegalArgumentException(
          "a tensor needs axes of 1 or more entries, got shape " + text(shape));
    }
  }

  /** {@code [2, 3]}. */
  public static String text(int... shape) {
    return Arrays.toString(shape);
  }

  /**
   * Returns {@code tensor} if it has {@code shape}.
   *
   * @throws IllegalArgumentException naming the argument, the expected and the found shape
   */
  public static Tensor require(String name, Tensor tensor, int... shape) {
    if (!Arrays.equals(tensor.shape(), shape)) {
      throw new IllegalArgumentException(
          name + " must have shape " + text(shape) + ", has " + text(tensor.shape()));
    }
    return tensor;
  }
}
