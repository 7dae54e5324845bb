package dev.terse.model;

import dev.terse.engine.Tensor;

/**
 * The weights of one layer, or their gradients.
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
    Linear q,
    Linear k,
    Linear v,
    Tensor qNorm,
    Tensor kNorm,
    Linear o,
    Tensor middleNorm,
    Linear gate,
    Linear up,
    Linear down) {

  static LayerWeights of(Parameters parameters, int index) {
    String layer = WeightShapes.layer(index);
    return new LayerWeights(
        parameters.get(layer + "input_layernorm.weight"),
        Linear.of(parameters, layer + "self_attn.q_proj"),
        Linear.of(parameters, layer + "self_attn.k_proj"),
        Linear.of(parameters, layer + "self_attn.v_proj"),
        optional(parameters, layer + "self_attn.q_norm.weight"),
        optional(parameters, layer + "self_attn.k_norm.weight"),
        Linear.of(parameters, layer + "self_attn.o_proj"),
        parameters.get(layer + "post_attention_layernorm.weight"),
        Linear.of(parameters, layer + "mlp.gate_proj"),
        Linear.of(parameters, layer + "mlp.up_proj"),
        Linear.of(parameters, layer + "mlp.down_proj"));
  }

  private static Tensor optional(Parameters parameters, String name) {
    return parameters.has(name) ? parameters.get(name) : null;
  }
}
