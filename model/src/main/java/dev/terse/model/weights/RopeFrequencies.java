package dev.terse.model.weights;

/** Inverse frequencies of rotary embeddings, radians a position, [D/2]. */
final class RopeFrequencies {

  private RopeFrequencies() {}

  /** {@code theta^(-2i/D)} (arXiv 2104.09864). */
  static double[] plain(int headDim, double theta) {
    double[] inverse = new double[headDim / 2];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = Math.pow(theta, -2.0 * i / headDim);
    }
    return inverse;
  }

  /**
   * Llama 3's stretching to long contexts (rope_type llama3): waves longer than {@code original /
   * low} positions are slowed by {@code factor}, those shorter than {@code original / high} stay,
   * and between them the two are mixed.
   *
   * @param original positions that the unscaled model was trained on
   */
  static double[] llama3(double[] plain, double factor, double low, double high, double original) {
    double[] scaled = new double[plain.length];
    for (int i = 0; i < plain.length; i++) {
      double turns = original * plain[i] / (2 * Math.PI); // turns within the original context
      double keep = Math.min(1, Math.max(0, (turns - low) / (high - low)));
      scaled[i] = (1 - keep) * plain[i] / factor + keep * plain[i];
    }
    return scaled;
  }
}
