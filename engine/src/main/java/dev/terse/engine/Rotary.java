package dev.terse.engine;

/**
 * Rotary position embedding (arXiv 2104.09864) in the half-split layout of Hugging Face: channel
 * {@code i} and channel {@code i + D/2} of a head turn together by {@code position *
 * inverseFrequencies[i]}, and grow by {@code scale}.
 *
 * @param inverseFrequencies radians a position, [D/2]; scaling to longer contexts is in them
 * @param scale factor on cosines and sines (YaRN, arXiv 2309.00071; transformers:
 *     attention_scaling)
 */
public record Rotary(double[] inverseFrequencies, double scale) {

  /** Turns alone. */
  public Rotary(double[] inverseFrequencies) {
    this(inverseFrequencies, 1);
  }

  /** Head dimension, D. */
  public int headDim() {
    return 2 * inverseFrequencies.length;
  }
}
