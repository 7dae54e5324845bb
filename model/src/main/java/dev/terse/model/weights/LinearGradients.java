package dev.terse.model.weights;

import dev.terse.engine.Tensor;

/**
 * Where the gradients of a projection are added; null where one is not trained.
 *
 * @param w [O, I]
 * @param bias [O]
 * @param a of an adapter, [r, I]
 * @param b of an adapter, transposed, [r, O]
 * @param magnitude of a DoRA adapter, [O]
 */
public record LinearGradients(Tensor w, Tensor bias, Tensor a, Tensor b, Tensor magnitude) {

  /** Those of the projection called {@code name}. */
  public static LinearGradients of(Parameters gradients, String name) {
    return new LinearGradients(
        gradients.getOrNull(name + ".weight"),
        gradients.getOrNull(name + ".bias"),
        gradients.getOrNull(name + WeightShapes.LORA_A),
        gradients.getOrNull(name + WeightShapes.LORA_B),
        gradients.getOrNull(name + WeightShapes.MAGNITUDE));
  }
}
