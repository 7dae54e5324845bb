package dev.terse.engine.reference;

/** Softmax, with the maximum taken out first so that nothing overflows. */
final class Softmax {
  private Softmax() {}

  static void rows(HeapTensor x, double factor, HeapTensor out) {
    for (int r = 0; r < x.rows(); r++) {
      double[] row = x.row(r);
      for (int v = 0; v < row.length; v++) {
        row[v] *= factor;
      }
      inPlace(row);
      out.setRow(r, row);
    }
  }

  /** Replaces scores by probabilities. */
  static void inPlace(double[] scores) {
    double max = max(scores);
    double sum = 0;
    for (int j = 0; j < scores.length; j++) {
      scores[j] = Math.exp(scores[j] - max);
      sum += scores[j];
    }
    for (int j = 0; j < scores.length; j++) {
      scores[j] /= sum;
    }
  }

  static double max(double[] values) {
    double max = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      max = Math.max(max, value);
    }
    return max;
  }
}
