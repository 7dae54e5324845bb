package dev.terse.engine.nd4j.kernels;

import dev.terse.engine.nd4j.calls.Sums;

/**
 * {@code y = x * r * w} with {@code r = 1 / sqrt(mean(x²) + eps)} on one heap row.
 *
 * <p>All arrays of a loop are indexed alike: where indices differ by an offset, the compiler cannot
 * exclude that a store hits a later load, and gives up on vector code.
 */
final class HeapRmsNorm {
  private HeapRmsNorm() {}

  /** Norms the first {@code c} elements of {@code x} in place. */
  static void forward(float[] x, float[] w, double eps, int c) {
    float r = (float) inverseRms(x, eps, c);
    for (int i = 0; i < c; i++) {
      x[i] *= r * w[i];
    }
  }

  /**
   * With g = dy * w: {@code dx = r * g - x * r³ * mean(g * x)}, {@code dw += dy * x * r}.
   *
   * @param dy the derivative of y; becomes that of x
   * @param dw sums of this slice of the rows, [C]
   * @param products overwritten, [C]
   */
  static void backward(
      float[] x, float[] w, double eps, float[] dy, float[] dw, float[] products, int c) {
    double inverse = inverseRms(x, eps, c);
    float r = (float) inverse;
    for (int i = 0; i < c; i++) {
      float g = dy[i] * w[i];
      dw[i] += dy[i] * x[i] * r;
      products[i] = g * x[i];
      dy[i] = g;
    }
    float pull = (float) (inverse * inverse * inverse * Sums.of(products, c) / c);
    for (int i = 0; i < c; i++) {
      dy[i] = r * dy[i] - pull * x[i];
    }
  }

  private static double inverseRms(float[] x, double eps, int c) {
    return 1 / Math.sqrt(Sums.squares(x, 0, c) / c + eps);
  }
}
