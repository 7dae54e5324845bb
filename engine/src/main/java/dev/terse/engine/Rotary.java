package dev.terse.engine;

/**
 * Rotary position embedding (arXiv 2104.09864) in the half-split layout of Hugging Face: channel
 * {@code i} and channel {@code i + D/2} of a head turn together by {@code position *
 * inverseFrequencies[i]}.
 *
 * @param inverseFrequencies radians a position, [D/2]; scaling (Llama 3) is already in them
 */
public record Rotary(double[] inverseFrequencies) {

  /** Head dimension, D. */
  public int headDim() {
    return 2 * inverseFrequencies.length;
  }
}
