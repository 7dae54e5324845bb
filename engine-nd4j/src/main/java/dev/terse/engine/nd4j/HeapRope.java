package dev.terse.engine.nd4j;

/** Turns heads in place on heap arrays. */
final class HeapRope {
  private HeapRope() {}

  /**
   * Turns rows {@code from} to {@code to} of a batch.
   *
   * @param x those rows only, [to-from, heads*D]
   * @param sign 1 forward, -1 back
   */
  static void turn(float[] x, int heads, RotaryTable table, int from, int to, float sign) {
    int half = table.rotary().inverseFrequencies().length;
    for (int n = from; n < to; n++) {
      int angle = n * half;
      for (int h = 0; h < heads; h++) {
        int low = ((n - from) * heads + h) * 2 * half;
        turnHead(x, low, low + half, table.cos(), table.sin(), angle, half, sign);
      }
    }
  }

  private static void turnHead(
      float[] x, int low, int high, float[] cos, float[] sin, int angle, int half, float sign) {
    for (int i = 0; i < half; i++) {
      float c = cos[angle + i];
      float s = sign * sin[angle + i];
      float a = x[low + i];
      float b = x[high + i];
      x[low + i] = a * c - b * s;
      x[high + i] = b * c + a * s;
    }
  }
}
