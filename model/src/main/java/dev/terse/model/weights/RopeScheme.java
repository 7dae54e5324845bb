package dev.terse.model.weights;

import dev.terse.engine.Rotary;

/**
 * How positions turn the queries and keys of a decoder: always by the same frequencies, or by
 * frequencies that follow the length of the sequence.
 *
 * @param within of sequences that the window holds
 * @param dynamic of longer ones; null where they have the same
 */
public record RopeScheme(Rotary within, Dynamic dynamic) {

  /** The same frequencies for every length. */
  RopeScheme(Rotary always) {
    this(always, null);
  }

  /**
   * NTK scaling that follows the length (rope_type dynamic).
   *
   * @param window tokens up to which nothing is scaled (max_position_embeddings)
   * @param factor how far it is meant to reach
   */
  public record Dynamic(int headDim, double theta, double factor, int window) {

    private Rotary of(int length) {
      return new Rotary(RopeFrequencies.dynamic(headDim, theta, factor, (double) length / window));
    }
  }

  /** Whether a token is turned otherwise in a longer sequence. */
  public boolean followsLength() {
    return dynamic != null;
  }

  /**
   * Tokens that decide how a sequence is turned: sequences of one such length are turned alike.
   *
   * @param length tokens of the sequence
   */
  public int decidingLength(int length) {
    return dynamic == null ? 0 : Math.max(length, dynamic.window());
  }

  /**
   * What turns the tokens of a sequence.
   *
   * @param length tokens of the sequence, those that are still to come not counted
   */
  public Rotary of(int length) {
    return dynamic == null || length <= dynamic.window() ? within : dynamic.of(length);
  }
}
