package dev.terse.model;

import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;

/**
 * A projection {@code y = x · wᵀ + bias}, or the gradients of one.
 *
 * @param w [O, I]
 * @param bias [O], or null
 */
record Linear(Tensor w, Tensor bias) {

  /** The projection called {@code name} in {@code parameters}. */
  static Linear of(Parameters parameters, String name) {
    String bias = name + ".bias";
    return new Linear(
        parameters.get(name + ".weight"), parameters.has(bias) ? parameters.get(bias) : null);
  }

  /** Overwrites y [N, O]. */
  void forward(Engine engine, Tensor x, Tensor y) {
    engine.linear(x, w, bias, y);
  }

  /** Adds to {@code gradients}, and overwrites dx [N, I]. */
  void backward(Engine engine, Linear gradients, Tensor x, Tensor dy, Tensor dx) {
    engine.linearBackwardWeight(dy, x, gradients.w, gradients.bias);
    engine.linearBackwardInput(dy, w, dx, false);
  }

  /** Adds to {@code gradients}, and to dx [N, I]. */
  void backwardAdding(Engine engine, Linear gradients, Tensor x, Tensor dy, Tensor dx) {
    engine.linearBackwardWeight(dy, x, gradients.w, gradients.bias);
    engine.linearBackwardInput(dy, w, dx, true);
  }
}
