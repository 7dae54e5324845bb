package dev.terse.model.transformer;

import dev.terse.engine.Tensor;
import dev.terse.model.weights.LayerProjection;
import dev.terse.model.weights.LinearGradients;
import dev.terse.model.weights.Parameters;
import dev.terse.model.weights.WeightShapes;

/**
 * Where the gradients of a layer are added; norms are null where they are not trained. Shapes are
 * those of {@link LayerWeights}.
 */
record LayerGradients(
    Tensor inputNorm,
    LinearGradients q,
    LinearGradients k,
    LinearGradients v,
    Tensor qNorm,
    Tensor kNorm,
    LinearGradients o,
    Tensor middleNorm,
    LinearGradients gate,
    LinearGradients up,
    LinearGradients down) {

  static LayerGradients of(Parameters gradients, int index) {
    String layer = WeightShapes.layer(index);
    return new LayerGradients(
        gradients.getOrNull(layer + "input_layernorm.weight"),
        LinearGradients.of(gradients, LayerProjection.Q_PROJ.module(index)),
        LinearGradients.of(gradients, LayerProjection.K_PROJ.module(index)),
        LinearGradients.of(gradients, LayerProjection.V_PROJ.module(index)),
        gradients.getOrNull(layer + "self_attn.q_norm.weight"),
        gradients.getOrNull(layer + "self_attn.k_norm.weight"),
        LinearGradients.of(gradients, LayerProjection.O_PROJ.module(index)),
        gradients.getOrNull(layer + "post_attention_layernorm.weight"),
        LinearGradients.of(gradients, LayerProjection.GATE_PROJ.module(index)),
        LinearGradients.of(gradients, LayerProjection.UP_PROJ.module(index)),
        LinearGradients.of(gradients, LayerProjection.DOWN_PROJ.module(index)));
  }
}
