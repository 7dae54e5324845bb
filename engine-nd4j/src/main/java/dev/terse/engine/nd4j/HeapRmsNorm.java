package dev.terse.engine.nd4j;

/** {@code y = x * r * w} with {@code r = 1 / sqrt(mean(x²) + eps)}, row by row on heap arrays. */
final class HeapRmsNorm {
  private HeapRmsNorm() {}

  /** Norms {@code rows} rows of {@code x} [rows, C] into y, which may be x. */
  static void forward(float[] x, float[] w, double eps, float[] y, int rows) {
    int c = w.length;
    for (int row = 0; row < rows; row++) {
      int at = row * c;
      float r = (float) inverseRms(x, at, c, eps);
      for (int i = 0; i < c; i++) {
        y[at + i] = x[at + i] * r * w[i];
      }
    }
  }

  /**
   * With g = dy * w: {@code dx = r * (g - x * r² * mean(g * x))}, {@code dw += Σ dy * x * r}.
   *
   * @param dx overwritten or added to; may be dy if overwritten
   * @param dw sums of this share of the rows, [C]
   */
  static void backward(
      float[] x,
      float[] w,
      double eps,
      float[] dy,
      float[] dx,
      boolean adds,
      float[] dw,
      int rows) {
    int c = w.length;
    for (int row = 0; row < rows; row++) {
      int at = row * c;
      double inverse = inverseRms(x, at, c, eps);
      float r = (float) inverse;
      float pull = (float) (inverse * inverse * inverse * weightedDot(dy, x, w, at, c) / c);
      for (int i = 0; i < c; i++) {
        dw[i] += dy[at + i] * x[at + i] * r;
      }
      if (adds) {
        for (int i = 0; i < c; i++) {
          dx[at + i] += r * dy[at + i] * w[i] - pull * x[at + i];
        }
      } else {
        for (int i = 0; i < c; i++) {
          dx[at + i] = r * dy[at + i] * w[i] - pull * x[at + i];
        }
      }
    }
  }

  private static double inverseRms(float[] x, int at, int c, double eps) {
    double a = 0;
    double b = 0;
    int i = 0;
    for (; i + 1 < c; i += 2) {
      a += (double) x[at + i] * x[at + i];
      b += (double) x[at + i + 1] * x[at + i + 1];
    }
    if (i < c) {
      a += (double) x[at + i] * x[at + i];
    }
    return 1 / Math.sqrt((a + b) / c + eps);
  }

  private static double weightedDot(float[] dy, float[] x, float[] w, int at, int c) {
    double a = 0;
    double b = 0;
    int i = 0;
    for (; i + 1 < c; i += 2) {
      a += (double) dy[at + i] * x[at + i] * w[i];
      b += (double) dy[at + i + 1] * x[at + i + 1] * w[i + 1];
    }
    if (i < c) {
      a += (double) dy[at + i] * x[at + i] * w[i];
    }
    return a + b;
  }
}
