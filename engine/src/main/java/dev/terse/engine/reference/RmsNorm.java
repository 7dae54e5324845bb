package dev.terse.engine.reference;

import dev.terse.engine.Engine.Write;

/** Root-mean-square norm of rows (arXiv 1910.07467). */
final class RmsNorm {
  private RmsNorm() {}

  /** {@code y = x r w} with {@code r = 1 / sqrt(mean(x²) + eps)}. */
  static void forward(HeapTensor x, HeapTensor w, double eps, HeapTensor y) {
    for (int n = 0; n < x.rows(); n++) {
      double r = reciprocalRms(x, n, eps);
      for (int c = 0; c < x.rowSize(); c++) {
        y.set(n, c, x.get(n, c) * r * w.get(c));
      }
    }
  }

  /**
   * {@code dx = r (g - x r² mean(g x))} with {@code g = dy w}; adds {@code dy x r} to dw.
   * Overwrites dx or adds to it.
   */
  static void backward(
      HeapTensor x,
      HeapTensor w,
      double eps,
      HeapTensor dy,
      HeapTensor dx,
      Write write,
      HeapTensor dw) {
    int channels = x.rowSize();
    for (int n = 0; n < x.rows(); n++) {
      double r = reciprocalRms(x, n, eps);
      double dot = 0;
      for (int c = 0; c < channels; c++) {
        dot += dy.get(n, c) * w.get(c) * x.get(n, c);
      }
      double pull = r * r * dot / channels;
      for (int c = 0; c < channels; c++) {
        dw.add(c, dy.get(n, c) * x.get(n, c) * r);
        double own = r * (dy.get(n, c) * w.get(c) - x.get(n, c) * pull);
        dx.set(n, c, write == Write.ADD ? dx.get(n, c) + own : own);
      }
    }
  }

  private static double reciprocalRms(HeapTensor x, int row, double eps) {
    double sum = 0;
    for (int c = 0; c < x.rowSize(); c++) {
      sum += x.get(row, c) * x.get(row, c);
    }
    return 1 / Math.sqrt(sum / x.rowSize() + eps);
  }
}
