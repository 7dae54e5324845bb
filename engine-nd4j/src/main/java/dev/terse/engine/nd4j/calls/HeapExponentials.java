package dev.terse.engine.nd4j.calls;

import dev.terse.engine.nd4j.memory.Matrix;

/** Rows of scores in Java loops, around ND4J's softmax. */
final class HeapExponentials {
  /** Floats that stay in a second-level cache (512 KB). */
  private static final int CACHED = 1 << 17;

  private HeapExponentials() {}

  /** {@link NativeCalls#exponentials}. */
  static void run(
      NativeCalls calls, Matrix x, int[] leftOut, Matrix e, Matrix max, Matrix sum, Matrix sumX) {
    int width = x.columns();
    // Few rows at a time, so that what softmax writes is still in the cache when it is read.
    int step = Math.max(1, CACHED / width);
    float[] scores = new float[width];
    float[] weights = new float[width];
    for (int from = 0; from < x.rows(); from += step) {
      int to = Math.min(x.rows(), from + step);
      calls.softmax(x.rows(from, to), e.rows(from, to));
      for (int r = from; r < to; r++) {
        x.read(r, scores);
        e.read(r, weights);
        float greatest = Sums.max(scores, width);
        float factor = 1 / Sums.max(weights, width);
        for (int i = 0; i < width; i++) {
          scores[i] -= greatest;
        }
        for (int i = 0; i < width; i++) {
          weights[i] *= factor;
        }
        if (leftOut[r] >= 0) {
          weights[leftOut[r]] = 0;
        }
        e.write(r, weights);
        max.set(0, r, greatest);
        sum.set(0, r, (float) Sums.of(weights, width));
        sumX.set(0, r, (float) Sums.products(scores, weights, 0, width));
      }
    }
  }

  /** {@link NativeCalls#scaleRows}. */
  static void scale(Matrix x, Matrix factors) {
    float[] row = new float[x.columns()];
    for (int r = 0; r < x.rows(); r++) {
      float factor = factors.get(0, r);
      x.read(r, row);
      for (int i = 0; i < row.length; i++) {
        row[i] *= factor;
      }
      x.write(r, row);
    }
  }
}
