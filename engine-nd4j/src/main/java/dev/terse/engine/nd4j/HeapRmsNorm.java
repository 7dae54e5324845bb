package dev.terse.engine.nd4j;

/**
 * {@code y = x * r * w} with {@code r = 1 / sqrt(mean(x²) + eps)} on one heap row.
 *
 * <p>All arrays of a loop are indexed alike: where indices differ by an offset, the compiler cannot
 * exclude that a store hits a later load, and gives up on vector code.
 */
final class HeapRmsNorm {
  private HeapRmsNorm() {}

  /** Norms {@code x} [C] in place. */
  static void forward(float[] x, float[] w, double eps) {
    float r = (float) inverseRms(x, eps);
    for (int i = 0; i < w.length; i++) {
      x[i] *= r * w[i];
    }
  }

  /**
   * With g = dy * w: {@code dx = r * g - x * r³ * mean(g * x)}, {@code dw += dy * x * r}.
   *
   * @param dy the derivative of y; becomes that of x
   * @param dw sums of this share of the rows, [C]
   */
  static void backward(float[] x, float[] w, double eps, float[] dy, float[] dw) {
    int c = w.length;
    double inverse = inverseRms(x, eps);
    float r = (float) inverse;
    for (int i = 0; i < c; i++) {
      dw[i] += dy[i] * x[i] * r;
    }
    for (int i = 0; i < c; i++) {
      dy[i] *= w[i];
    }
    float pull = (float) (inverse * inverse * inverse * Sums.products(dy, x, 0, c) / c);
    for (int i = 0; i < c; i++) {
      dy[i] = r * dy[i] - pull * x[i];
    }
  }

  private static double inverseRms(float[] x, double eps) {
    return 1 / Math.sqrt(Sums.squares(x, 0, x.length) / x.length + eps);
  }
}
