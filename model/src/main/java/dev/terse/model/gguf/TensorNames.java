package dev.terse.model.gguf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which tensor of a GGUF file is which weight of a Hugging Face folder. */
final class TensorNames {
  /** Rotary factors, which become rope_scaling of the config. */
  static final String ROPE_FACTORS = "rope_freqs.weight";

  static final String EMBEDDING = "token_embd.weight";
  static final String HEAD = "output.weight";

  private static final Map<String, String> IN_LAYER = new LinkedHashMap<>();

  static {
    IN_LAYER.put("attn_norm", "input_layernorm");
    IN_LAYER.put("attn_q", "self_attn.q_proj");
    IN_LAYER.put("attn_k", "self_attn.k_proj");
    IN_LAYER.put("attn_v", "self_attn.v_proj");
    IN_LAYER.put("attn_q_norm", "self_attn.q_norm");
    IN_LAYER.put("attn_k_norm", "self_attn.k_norm");
    IN_LAYER.put("attn_output", "self_attn.o_proj");
    IN_LAYER.put("ffn_norm", "post_attention_layernorm");
    IN_LAYER.put("ffn_gate", "mlp.gate_proj");
    IN_LAYER.put("ffn_up", "mlp.up_proj");
    IN_LAYER.put("ffn_down", "mlp.down_proj");
  }

  private TensorNames() {}

  /**
   * GGUF names by Hugging Face name, in the order of the forward pass.
   *
   * @param present the names in the file
   * @throws IllegalArgumentException if the file has a tensor that such a decoder does not, or
   *     fewer tensors than layers
   */
  static Map<String, String> byHuggingFaceName(Set<String> present, int layers, String where) {
    // A header may claim any number of layers; their names alone would fill the memory.
    if (layers > present.size()) {
      throw new IllegalArgumentException(
          where + " claims " + layers + " layers but holds " + present.size() + " tensors");
    }
    Map<String, String> names = possible(layers);
    List<String> unknown = new ArrayList<>(present);
    unknown.removeAll(names.values());
    unknown.remove(ROPE_FACTORS);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          where
              + " has "
              + unknown.size()
              + " tensors that a decoder of "
              + layers
              + " layers does not have, the first is '"
              + unknown.get(0)
              + "'; mixtures of experts and other variants are not supported");
    }
    names.values().removeIf(name -> !present.contains(name));
    return names;
  }

  /** GGUF names of all weights that a decoder may have, by Hugging Face name, in order. */
  static Map<String, String> possible(int layers) {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("model.embed_tokens.weight", EMBEDDING);
    for (int layer = 0; layer < layers; layer++) {
      for (Map.Entry<String, String> entry : IN_LAYER.entrySet()) {
        for (String part : List.of(".weight", ".bias")) {
          names.put(
              "model.layers." + layer + "." + entry.getValue() + part,
              "blk." + layer + "." + entry.getKey() + part);
        }
      }
    }
    names.put("model.norm.weight", "output_norm.weight");
    names.put("lm_head.weight", HEAD);
    return names;
  }
}
