package dev.terse.model.weights;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.Tensor;

/** A matmul with a weight inside a layer, with an adapter on it or without. */
public interface Projection {

  /** Overwrites y [N, O] from x [N, I]. */
  void forward(PassTokens tokens, Tensor x, Tensor y, Arena arena);

  /**
   * Adds to those gradients that are there, and overwrites dx [N, I] or adds to it.
   *
   * @param x the input of the forward
   */
  void backward(
      PassTokens tokens,
      LinearGradients gradients,
      Tensor x,
      Tensor dy,
      Tensor dx,
      Write write,
      Arena arena);
}
