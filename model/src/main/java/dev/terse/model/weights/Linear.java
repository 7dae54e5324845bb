package dev.terse.model.weights;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.Tensor;

/**
 * A projection {@code y = x · wᵀ + bias}.
 *
 * @param w [O, I]
 * @param bias [O], or null
 */
public record Linear(Engine engine, Tensor w, Tensor bias) implements Projection {

  /** The projection called {@code name} in {@code weights}. */
  public static Linear of(Engine engine, Parameters weights, String name) {
    return new Linear(engine, weights.get(name + ".weight"), weights.getOrNull(name + ".bias"));
  }

  public int inputs() {
    return w.shape()[1];
  }

  public int outputs() {
    return w.rows();
  }

  @Override
  public void forward(PassTokens tokens, Tensor x, Tensor y, Arena arena) {
    engine.linear(x, w, bias, y);
  }

  @Override
  public void backward(
      PassTokens tokens,
      LinearGradients gradients,
      Tensor x,
      Tensor dy,
      Tensor dx,
      Write write,
      Arena arena) {
    if (gradients.w() != null) {
      engine.linearBackwardWeight(dy, x, gradients.w(), gradients.bias());
    }
    engine.linearBackwardInput(dy, w, dx, write);
  }
}
