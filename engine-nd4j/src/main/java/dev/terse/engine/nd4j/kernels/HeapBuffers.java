package dev.terse.engine.nd4j.kernels;

import dev.terse.engine.Tensor;
import java.util.Arrays;

/**
 * The heap arrays that one worker works in, by number. They are made at first use and reused, so a
 * warm step makes none.
 */
final class HeapBuffers {
  /** The array of sums over all rows of a slice; the others hold a row or a piece. */
  static final int SUMS = 5;

  private final float[][] arrays = new float[SUMS + 1][0];

  /** Array {@code index}, of {@code length} floats or more; it holds what was left in it. */
  float[] array(int index, int length) {
    if (arrays[index].length < length) {
      arrays[index] = new float[length];
    }
    return arrays[index];
  }

  /** Array {@code index} with {@code length} zeros at its beginning. */
  float[] zeros(int index, int length) {
    float[] out = array(index, length);
    Arrays.fill(out, 0, length, 0);
    return out;
  }

  /** Array {@code index} with elements {@code from} to {@code from + count} of a tensor. */
  float[] read(int index, Tensor t, long from, int count) {
    float[] out = array(index, count);
    t.read(from, out, 0, count);
    return out;
  }
}
