package dev.terse.model.weights;

import java.util.LinkedHashMap;
import java.util.Map;

/** Names and shapes of a decoder's weights, as transformers writes them. */
public final class WeightShapes {
  public static final String EMBEDDING = "model.embed_tokens.weight";
  public static final String NORM = "model.norm.weight";
  public static final String HEAD = "lm_head.weight";

  /** What the name of an adapter's A [r, I] adds to its module's. */
  public static final String LORA_A = ".lora_A.weight";

  /** The same of B, which is held as Bᵀ [r, O]. */
  public static final String LORA_B = ".lora_B.transposed";

  /** What the name of the embedding's Left [r, V] adds (PEFT calls it A). */
  public static final String EMBEDDING_A = ".lora_embedding_A";

  /** The same of its Right [r, C], PEFT's B transposed. */
  public static final String EMBEDDING_B = ".lora_embedding_B.transposed";

  /** The same of DoRA's m [O]. */
  public static final String MAGNITUDE = ".lora_magnitude_vector";

  private WeightShapes() {}

  /** What the names of a layer's weights begin with. */
  public static String layer(int index) {
    return "model.layers." + index + ".";
  }

  /** The name of the head's weights: the embedding where they are tied. */
  public static String head(DecoderConfig config) {
    return config.tiedHead() ? EMBEDDING : HEAD;
  }

  /** Whether this is the matrix of a layer's projection. */
  static boolean isProjection(String name) {
    return name.endsWith("_proj.weight");
  }

  /** All weights in the order of the forward pass. */
  public static Map<String, int[]> of(DecoderConfig config) {
    int c = config.channels();
    int f = config.ffn();
    int q = config.queryChannels();
    int k = config.keyChannels();
    int d = config.attention().headDim();
    Map<String, int[]> shapes = new LinkedHashMap<>();
    shapes.put(EMBEDDING, new int[] {config.vocabSize(), c});
    for (int i = 0; i < config.layers(); i++) {
      String layer = layer(i);
      shapes.put(layer + "input_layernorm.weight", new int[] {c});
      linear(shapes, layer + "self_attn.q_proj", q, c, config.qkvBias());
      linear(shapes, layer + "self_attn.k_proj", k, c, config.qkvBias());
      linear(shapes, layer + "self_attn.v_proj", k, c, config.qkvBias());
      if (config.qkNorm()) {
        shapes.put(layer + "self_attn.q_norm.weight", new int[] {d});
        shapes.put(layer + "self_attn.k_norm.weight", new int[] {d});
      }
      linear(shapes, layer + "self_attn.o_proj", c, q, config.outputBias());
      shapes.put(layer + "post_attention_layernorm.weight", new int[] {c});
      linear(shapes, layer + "mlp.gate_proj", f, c, false);
      linear(shapes, layer + "mlp.up_proj", f, c, false);
      linear(shapes, layer + "mlp.down_proj", c, f, false);
    }
    shapes.put(NORM, new int[] {c});
    if (!config.tiedHead()) {
      shapes.put(HEAD, new int[] {config.vocabSize(), c});
    }
    return shapes;
  }

  private static void linear(
      Map<String, int[]> shapes, String name, int out, int in, boolean bias) {
    shapes.put(name + ".weight", new int[] {out, in});
    if (bias) {
      shapes.put(name + ".bias", new int[] {out});
    }
  }
}
