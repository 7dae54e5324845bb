package dev.terse.engine.nd4j;

/** Reductions over one row of a vocabulary slice on heap arrays; NaN survives. */
final class HeapVocabulary {
  private HeapVocabulary() {}

  static float max(float[] x) {
    float max = Float.NEGATIVE_INFINITY;
    for (float value : x) {
      max = Math.max(max, value);
    }
    return max;
  }

  /** Writes Σp and Σp(x - max) of the row into {@code out} at {@code row}. */
  static void sums(float[] x, float[] p, float max, SliceStatistics out, int row) {
    double p0 = 0;
    double p1 = 0;
    double px0 = 0;
    double px1 = 0;
    int i = 0;
    for (; i + 1 < x.length; i += 2) {
      p0 += p[i];
      p1 += p[i + 1];
      px0 += p[i] * (x[i] - max);
      px1 += p[i + 1] * (x[i + 1] - max);
    }
    if (i < x.length) {
      p0 += p[i];
      px0 += p[i] * (x[i] - max);
    }
    out.sumP()[row] = p0 + p1;
    out.sumPX()[row] = px0 + px1;
  }
}
