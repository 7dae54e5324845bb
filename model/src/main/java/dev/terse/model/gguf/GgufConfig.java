package dev.terse.model.gguf;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.model.weights.DecoderConfig.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** config.json and generation_config.json from a file's metadata, as transformers reads them. */
final class GgufConfig {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Metadata metadata;
  private final Map<String, GgufHeader.Entry> tensors;
  private final String family;
  private final String architecture; // the class of transformers

  GgufConfig(Metadata metadata, Map<String, GgufHeader.Entry> tensors) {
    this.metadata = metadata;
    this.tensors = tensors;
    this.family = metadata.requiredText("general.architecture");
    this.architecture =
        Family.of(family)
            .filter(known -> known != Family.MISTRAL) // whose files say llama
            .map(Family::architecture)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        metadata.where()
                            + " holds a model of architecture '"
                            + family
                            + "'; supported are llama (Mistral too), qwen2, qwen3 and smollm3"));
  }

  String family() {
    return family;
  }

  int layers() {
    return metadata.requiredCount(family + ".block_count");
  }

  int heads() {
    return metadata.requiredCount(family + ".attention.head_count");
  }

  int kvHeads() {
    return metadata.count(family + ".attention.head_count_kv").orElse(heads());
  }

  /**
   * @param ropeFactors numbers of rope_freqs.weight, or null where the file has none
   * @throws IllegalArgumentException if something is missing or not supported
   */
  ObjectNode config(float[] ropeFactors) {
    GgufHeader.Entry embedding = tensors.get(TensorNames.EMBEDDING);
    if (embedding == null || embedding.shape().length != 2) {
      throw new IllegalArgumentException(
          metadata.where() + " has no matrix '" + TensorNames.EMBEDDING + "'");
    }
    int headDim = headDim(embedding.shape()[1]);
    double theta = metadata.number(family + ".rope.freq_base", 10_000);
    ObjectNode config = JSON.createObjectNode();
    config.putArray("architectures").add(architecture);
    config.put("model_type", family);
    config.put("vocab_size", embedding.shape()[0]);
    config.put("hidden_size", embedding.shape()[1]);
    config.put("intermediate_size", metadata.requiredCount(family + ".feed_forward_length"));
    config.put("num_hidden_layers", layers());
    config.put("num_attention_heads", heads());
    config.put("num_key_value_heads", kvHeads());
    config.put("head_dim", headDim);
    config.put("hidden_act", "silu");
    config.put("max_position_embeddings", metadata.requiredCount(family + ".context_length"));
    config.put("rms_norm_eps", metadata.number(family + ".attention.layer_norm_rms_epsilon", 1e-6));
    config.put("rope_theta", theta);
    ropeScaling(config, ropeFactors, headDim, theta);
    config.put(
        "attention_bias", family.equals("llama") && tensors.containsKey("blk.0.attn_q.bias"));
    config.put("tie_word_embeddings", !tensors.containsKey(TensorNames.HEAD));
    tokens(config, false);
    return config;
  }

  /** Beginning, end and padding ids; the end of a turn ends a completion too. */
  ObjectNode generationConfig() {
    ObjectNode config = JSON.createObjectNode();
    tokens(config, true);
    return config;
  }

  private void tokens(ObjectNode config, boolean everyEnd) {
    metadata.id("tokenizer.ggml.bos_token_id").ifPresent(id -> config.put("bos_token_id", id));
    List<Integer> ends = new ArrayList<>();
    metadata.id("tokenizer.ggml.eos_token_id").ifPresent(ends::add);
    if (everyEnd) {
      for (String key : List.of("eot_token_id", "eom_token_id")) {
        metadata
            .id("tokenizer.ggml." + key)
            .ifPresent(id -> ends.addAll(ends.contains(id) ? List.of() : List.of(id)));
      }
      for (int id : GgufTokenizer.endsByText(metadata)) {
        ends.addAll(ends.contains(id) ? List.of() : List.of(id));
      }
    }
    if (ends.size() == 1) {
      config.put("eos_token_id", ends.get(0));
    } else if (!ends.isEmpty()) {
      ArrayNode all = config.putArray("eos_token_id");
      ends.forEach(all::add);
    }
    metadata.id("tokenizer.ggml.padding_token_id").ifPresent(id -> config.put("pad_token_id", id));
  }

  private int headDim(int channels) {
    int rotated = metadata.count(family + ".rope.dimension_count").orElse(0);
    int headDim =
        metadata
            .count(family + ".attention.key_length")
            .orElse(rotated > 0 ? rotated : channels / heads());
    if (rotated > 0 && rotated != headDim) {
      throw new IllegalArgumentException(
          metadata.where()
              + " rotates "
              + rotated
              + " of "
              + headDim
              + " channels of a head; only rotation of all is supported");
    }
    return headDim;
  }

  private void ropeScaling(ObjectNode config, float[] factors, int headDim, double theta) {
    String type = metadata.text(family + ".rope.scaling.type", "none");
    switch (type) {
      case "none" -> {}
      case "linear" -> scaling(config, type);
      case "yarn" -> yarn(config);
      default ->
          throw new IllegalArgumentException(
              metadata.where()
                  + ": "
                  + family
                  + ".rope.scaling.type '"
                  + type
                  + "' is not supported; supported are none, linear, yarn and the factors of"
                  + " Llama 3");
    }
    if (factors != null) {
      config.set(
          "rope_scaling",
          JSON.valueToTree(Llama3Rope.parameters(factors, headDim, theta, metadata.where())));
    }
  }

  private ObjectNode scaling(ObjectNode config, String type) {
    return config
        .putObject("rope_scaling")
        .put("rope_type", type)
        .put("factor", metadata.number(family + ".rope.scaling.factor", 1));
  }

  /** llama.cpp's YaRN is that of transformers where nothing more is asked for. */
  private void yarn(ObjectNode config) {
    for (String more : List.of("attn_factor", "yarn_log_multiplier", "yarn_ext_factor")) {
      String key = family + ".rope.scaling." + more;
      double off = more.equals("yarn_log_multiplier") ? 0 : 1;
      double value = metadata.number(key, off);
      if (value != off) {
        throw new IllegalArgumentException(
            metadata.where() + ": " + key + " " + value + " is not supported");
      }
    }
    ObjectNode scaling = scaling(config, "yarn");
    metadata
        .count(family + ".rope.scaling.original_context_length")
        .ifPresent(context -> scaling.put("original_max_position_embeddings", context));
    scaling
        .put("beta_fast", metadata.number(family + ".rope.scaling.yarn_beta_fast", 32))
        .put("beta_slow", metadata.number(family + ".rope.scaling.yarn_beta_slow", 1));
  }
}
