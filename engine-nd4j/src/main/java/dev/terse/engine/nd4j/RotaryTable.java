package dev.terse.engine.nd4j;

import dev.terse.engine.Rotary;
import java.util.Arrays;

/**
 * Cosines and sines of the rotary angles of some positions, [N, D/2], worked out in double.
 *
 * @param positions [N]
 * @param rotary the frequencies
 */
record RotaryTable(int[] positions, Rotary rotary, float[] cos, float[] sin) {

  static RotaryTable of(int[] positions, Rotary rotary) {
    double[] frequencies = rotary.inverseFrequencies();
    int half = frequencies.length;
    float[] cos = new float[positions.length * half];
    float[] sin = new float[positions.length * half];
    for (int n = 0; n < positions.length; n++) {
      for (int i = 0; i < half; i++) {
        double angle = positions[n] * frequencies[i];
        cos[n * half + i] = (float) Math.cos(angle);
        sin[n * half + i] = (float) Math.sin(angle);
      }
    }
    return new RotaryTable(positions.clone(), rotary, cos, sin);
  }

  /** Whether this table holds what is asked for; all layers of a pass ask for the same. */
  boolean serves(int[] otherPositions, Rotary otherRotary) {
    return Arrays.equals(positions, otherPositions)
        && (rotary == otherRotary
            || Arrays.equals(rotary.inverseFrequencies(), otherRotary.inverseFrequencies()));
  }
}
