package dev.terse.engine.reference;

/** Softmax, with the maximum taken out first so that nothing overflows. */
final class Softmax {
  private Softmax() {}

  /** Softmax of {@code factor * scores} as 32-bit floats. */
  static float[] of(double[] scores, double factor) {
    double[] scaled = scores.clone();
    for (int v = 0; v < scaled.length; v++) {
      scaled[v] *= factor;
    }
    inPlace(scaled);
    float[] out = new float[scaled.length];
    for (int v = 0; v < scaled.length; v++) {
      out[v] = (float) scaled[v];
    }
    return out;
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
