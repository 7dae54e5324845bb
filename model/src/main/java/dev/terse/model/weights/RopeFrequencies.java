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

  /** Positions pressed together: all waves slowed by {@code factor} (rope_type linear). */
  static double[] linear(double[] plain, double factor) {
    double[] scaled = new double[plain.length];
    for (int i = 0; i < plain.length; i++) {
      scaled[i] = plain[i] / factor;
    }
    return scaled;
  }

  /**
   * NTK scaling that follows the length (rope_type dynamic): theta grows until the slowest wave
   * spans {@code factor·stretch - (factor - 1)} windows.
   *
   * @param stretch tokens of the sequence by those of the window, at least 1
   */
  static double[] dynamic(int headDim, double theta, double factor, double stretch) {
    double grown = Math.pow(factor * stretch - (factor - 1), headDim / (headDim - 2.0));
    return plain(headDim, theta * grown);
  }

  /**
   * YaRN (arXiv 2309.00071, section 3.2): waves that turn less than {@code slow} times within the
   * original context are slowed by {@code factor}, those that turn more than {@code fast} times
   * stay, and between the two channels where that is so the share rises evenly.
   *
   * @param original positions that the unscaled model was trained on
   * @param truncate whether these two channels are rounded outward to whole ones
   */
  static double[] yarn(
      int headDim,
      double theta,
      double factor,
      double original,
      double fast,
      double slow,
      boolean truncate) {
    double low = channel(headDim, theta, original, fast);
    double high = channel(headDim, theta, original, slow);
    low = Math.max(truncate ? Math.floor(low) : low, 0);
    high = Math.min(truncate ? Math.ceil(high) : high, headDim - 1);
    high = low == high ? high + 0.001 : high; // as transformers keeps the ramp finite
    double[] scaled = plain(headDim, theta);
    for (int i = 0; i < scaled.length; i++) {
      double slowed = Math.min(1, Math.max(0, (i - low) / (high - low)));
      scaled[i] *= slowed / factor + (1 - slowed);
    }
    return scaled;
  }

  /** The channel, as a fraction, whose wave turns {@code turns} times within the context. */
  private static double channel(int headDim, double theta, double context, double turns) {
    return headDim * Math.log(context / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
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
