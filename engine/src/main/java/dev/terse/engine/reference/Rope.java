package dev.terse.engine.reference;

import dev.terse.engine.Rotary;

/** Rotary position embedding, half-split layout; its backward turns back and grows the same. */
final class Rope {
  private Rope() {}

  /** Turns the pair (a, b) = (x[i], x[i + D/2]) of each head by its angle times the sign. */
  static void turn(HeapTensor x, int[] positions, Rotary rotary, int sign) {
    double[] frequencies = rotary.inverseFrequencies();
    int half = frequencies.length;
    for (int n = 0; n < x.rows(); n++) {
      for (int head = 0; head < x.rowSize(); head += 2 * half) {
        for (int i = 0; i < half; i++) {
          double angle = positions[n] * frequencies[i];
          double cos = rotary.scale() * Math.cos(angle);
          double sin = sign * rotary.scale() * Math.sin(angle);
          double a = x.get(n, head + i);
          double b = x.get(n, head + i + half);
          x.set(n, head + i, a * cos - b * sin);
          x.set(n, head + i + half, b * cos + a * sin);
        }
      }
    }
  }
}
