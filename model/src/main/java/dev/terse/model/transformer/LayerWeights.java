package dev.terse.model.transformer;

import dev.terse.engine.Tensor;
import dev.terse.model.weights.LayerProjection;
import dev.terse.model.weights.Parameters;
import dev.terse.model.weights.Projection;
import dev.terse.model.weights.WeightShapes;
import java.util.function.Function;

/**
 * The weights of one layer.
 *
 * @param inputNorm [C]
 * @param q [H*D, C]
 * @param k [K*D, C]
 * @param v [K*D, C]
 * @param qNorm [D], or null where the family has none
 * @param kNorm [D], or null
 * @param o [C, H*D]
 * @param middleNorm [C] (post_attention_layernorm)
 * @param gate [F, C]
 * @param up [F, C]
 * @param down [C, F]
 */
record LayerWeights(
    Tensor inputNorm,
    Projection q,
    Projection k,
    Projection v,
    Tensor qNorm,
    Tensor kNorm,
    Projection o,
    Tensor middleNorm,
    Projection gate,
    Projection up,
    Projection down) {

  /**
   * @param projections by module name, such as {@code model.layers.0.self_attn.q_proj}
   */
  static LayerWeights of(Parameters weights, Function<String, Projection> projections, int index) {
    String layer = WeightShapes.layer(index);
    Function<LayerProjection, Projection> of = target -> projections.apply(target.module(index));
    return new LayerWeights(
        weights.get(layer + "input_layernorm.weight"),
        of.apply(LayerProjection.Q_PROJ),
        of.apply(LayerProjection.K_PROJ),
        of.apply(LayerProjection.V_PROJ),
        weights.getOrNull(layer + "self_attn.q_norm.weight"),
        weights.getOrNull(layer + "self_attn.k_norm.weight"),
        of.apply(LayerProjection.O_PROJ),
        weights.get(layer + "post_attention_layernorm.weight"),
        of.apply(LayerProjection.GATE_PROJ),
        of.apply(LayerProjection.UP_PROJ),
        of.apply(LayerProjection.DOWN_PROJ));
  }
}
