package dev.terse.engine.nd4j.kernels;

import dev.terse.engine.Rotary;
import java.util.Arrays;

/**
 * Cosines and sines of the rotary angles of some positions, worked out in double, as they multiply
 * the channels of a head: cosines twice, sines with a minus and without, [N, D].
 *
 * @param positions [N]
 * @param rotary the frequencies and the scale
 */
record RotaryTable(int[] positions, Rotary rotary, float[] cos, float[] sin) {

  static RotaryTable of(int[] positions, Rotary rotary) {
    double[] frequencies = rotary.inverseFrequencies();
    int half = frequencies.length;
    int dim = 2 * half;
    float[] cos = new float[positions.length * dim];
    float[] sin = new float[positions.length * dim];
    for (int n = 0; n < positions.length; n++) {
      for (int i = 0; i < half; i++) {
        double angle = positions[n] * frequencies[i];
        int low = n * dim + i;
        cos[low] = (float) (rotary.scale() * Math.cos(angle));
        cos[low + half] = cos[low];
        sin[low + half] = (float) (rotary.scale() * Math.sin(angle));
        sin[low] = -sin[low + half];
      }
    }
    return new RotaryTable(positions.clone(), rotary, cos, sin);
  }

  /** The factors of all heads of row {@code n}, {@code width} channels. */
  void fill(int n, float[] cosines, float[] sines, int width) {
    int dim = 2 * rotary.inverseFrequencies().length;
    for (int head = 0; head < width; head += dim) {
      System.arraycopy(cos, n * dim, cosines, head, dim);
      System.arraycopy(sin, n * dim, sines, head, dim);
    }
  }

  /** Whether this table holds what is asked for; all layers of a pass ask for the same. */
  boolean serves(int[] otherPositions, Rotary otherRotary) {
    return Arrays.equals(positions, otherPositions)
        && (rotary == otherRotary
            || rotary.scale() == otherRotary.scale()
                && Arrays.equals(rotary.inverseFrequencies(), otherRotary.inverseFrequencies()));
  }
}
