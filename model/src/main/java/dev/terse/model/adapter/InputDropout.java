package dev.terse.model.adapter;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;
import dev.terse.model.weights.LayerProjection;
import dev.terse.model.weights.PassTokens;

/**
 * Dropout on the input of one adapter. The mask is a function of the tokens' seeds, the layer and
 * the projection, so a recomputed forward and the backward draw it again.
 *
 * @param rate share of elements left out
 */
record InputDropout(Engine engine, double rate, int layer, LayerProjection target) {

  /** Whether anything is left out of these tokens. */
  boolean leavesOut(PassTokens tokens) {
    return rate > 0 && tokens.dropoutSeeds() != null;
  }

  /** {@code x} without what is left out; x itself where that is nothing. Its own backward. */
  Tensor of(PassTokens tokens, Tensor x, Arena arena) {
    if (!leavesOut(tokens)) {
      return x;
    }
    Tensor dropped = arena.floats(x.shape());
    engine.dropout(x, rate, tokens.dropoutSeeds(layer, target), dropped);
    return dropped;
  }
}
