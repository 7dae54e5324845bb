package dev.terse.model.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.engine.Rotary;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.DecoderConfig.Family;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What a GGUF file says of a decoder's shape: the inverse of {@link GgufConfig}, by which it is
 * checked before anything is written (convert_hf_to_gguf.py, {@code set_gguf_parameters}).
 *
 * @param metadata values as {@link GgufWriter} takes them
 * @param ropeFactors what each rotary frequency is divided by, [headDim / 2], as llama.cpp takes
 *     the scaling of Llama 3; or null
 */
record GgufShape(Map<String, Object> metadata, float[] ropeFactors) {
  private static final double TOLERANCE = 1e-6; // of numbers that a file has in 32 bits
  private static final String LLAMA = "llama";

  /** What the file calls the architecture of a family. */
  static String architecture(DecoderConfig config) {
    return config.family() == Family.MISTRAL
        ? LLAMA
        : config.family().name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException if llama.cpp has no such decoder, or a file cannot say
   *     something of it
   */
  static GgufShape of(DecoderConfig config) {
    String a = architecture(config);
    int headDim = config.attention().headDim();
    Map<String, Object> m = new LinkedHashMap<>();
    m.put("general.architecture", a);
    m.put(a + ".block_count", config.layers());
    m.put(
        a + ".context_length",
        Math.min(
            config.json().path("max_position_embeddings").asInt(Integer.MAX_VALUE),
            config.maxPositions()));
    m.put(a + ".embedding_length", config.channels());
    m.put(a + ".feed_forward_length", config.ffn());
    m.put(a + ".vocab_size", config.vocabSize());
    m.put(a + ".attention.head_count", config.attention().heads());
    m.put(a + ".attention.head_count_kv", config.attention().kvHeads());
    m.put(a + ".attention.key_length", headDim);
    m.put(a + ".attention.value_length", headDim);
    m.put(a + ".attention.layer_norm_rms_epsilon", (float) config.normEpsilon());
    m.put(a + ".rope.dimension_count", headDim);
    JsonNode json = config.json();
    JsonNode scaling =
        json.path("rope_scaling").isEmpty()
            ? json.path("rope_parameters")
            : json.path("rope_scaling");
    double theta = number(scaling, "rope_theta", number(json, "rope_theta", theta(config)));
    m.put(a + ".rope.freq_base", (float) theta);
    float[] factors = null;
    String type = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
    switch (type) {
      case "default" -> {}
      case "linear" -> scaling(m, a, type, number(scaling, "factor", 1));
      case "yarn" -> yarn(m, a, json, scaling, config);
      case "llama3" -> factors = factors(config.rope().within(), theta, a);
      default ->
          throw new IllegalArgumentException(
              "llama.cpp knows no rope scaling '" + type + "'; it knows linear, yarn and llama3");
    }
    if (a.equals("qwen2") && config.queryChannels() != config.channels()) {
      throw new IllegalArgumentException(
          "llama.cpp needs heads of a qwen2 model to have hidden_size "
              + config.channels()
              + " channels in all, these have "
              + config.queryChannels());
    }
    return new GgufShape(m, factors);
  }

  /** Where a config names none; the file has 32 bits of it. */
  private static double theta(DecoderConfig config) {
    return config.family() == Family.SMOLLM3 ? 2_000_000 : 10_000;
  }

  private static void scaling(Map<String, Object> m, String a, String type, double factor) {
    m.put(a + ".rope.scaling.type", type);
    m.put(a + ".rope.scaling.factor", (float) factor);
  }

  private static void yarn(
      Map<String, Object> m, String a, JsonNode json, JsonNode from, DecoderConfig config) {
    int positions = json.path("max_position_embeddings").asInt(config.maxPositions());
    String key = "original_max_position_embeddings";
    double original = number(json, key, number(from, key, positions));
    scaling(m, a, "yarn", number(from, "factor", positions / original));
    m.put(a + ".rope.scaling.original_context_length", (int) original);
    m.put(a + ".rope.scaling.yarn_beta_fast", (float) number(from, "beta_fast", 32));
    m.put(a + ".rope.scaling.yarn_beta_slow", (float) number(from, "beta_slow", 1));
  }

  private static float[] factors(Rotary rotary, double theta, String architecture) {
    if (!architecture.equals(LLAMA)) {
      throw new IllegalArgumentException(
          "llama.cpp knows llama3's rope scaling for llama models only, this is " + architecture);
    }
    double[] scaled = rotary.inverseFrequencies();
    float[] factors = new float[scaled.length];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (float) (Math.pow(theta, -2.0 * i / (2 * scaled.length)) / scaled[i]);
    }
    return factors;
  }

  private static double number(JsonNode from, String key, double fallback) {
    double value = from.path(key).asDouble(0);
    return value == 0 ? fallback : value;
  }

  /**
   * Reads the metadata as a reader will and holds it against the decoder.
   *
   * @param tensors of the file
   * @throws IllegalArgumentException naming what would be read otherwise
   */
  void requireReadAs(DecoderConfig config, Map<String, GgufHeader.Entry> tensors) {
    Map<String, Object> read = new LinkedHashMap<>(metadata);
    read.replaceAll((key, value) -> value instanceof Integer n ? (Object) n.longValue() : value);
    DecoderConfig found =
        DecoderConfig.of(
            new GgufConfig(new Metadata(read, "the file"), tensors).config(ropeFactors));
    List<String> differences = new ArrayList<>();
    differ(differences, "layers", config.layers(), found.layers());
    differ(differences, "attention", config.attention(), found.attention());
    differ(differences, "longest sequence", config.maxPositions(), found.maxPositions());
    differ(differences, "attention_bias", config.outputBias(), found.outputBias());
    differ(differences, "bias of q, k and v", config.qkvBias(), found.qkvBias());
    differ(differences, "layers without rotation", config.unrotated(), found.unrotated());
    differ(differences, "rope scaling", config.rope().dynamic(), found.rope().dynamic());
    Rotary wanted = config.rope().within();
    Rotary is = found.rope().within();
    near(differences, "rms_norm_eps", config.normEpsilon(), found.normEpsilon());
    near(differences, "attention factor of the rope scaling", wanted.scale(), is.scale());
    for (int i = 0; i < wanted.inverseFrequencies().length && differences.isEmpty(); i++) {
      near(
          differences,
          "rotary frequency " + i,
          wanted.inverseFrequencies()[i],
          is.inverseFrequencies()[i]);
    }
    if (!differences.isEmpty()) {
      throw new IllegalArgumentException(
          "a GGUF file cannot say all of this decoder: " + String.join("; ", differences));
    }
  }

  private static void differ(List<String> to, String what, Object wanted, Object found) {
    if (!Objects.equals(wanted, found)) {
      to.add(what + " is " + wanted + ", would be read as " + found);
    }
  }

  private static void near(List<String> to, String what, double wanted, double found) {
    if (Math.abs(wanted - found) > TOLERANCE * Math.abs(wanted)) {
      to.add(what + " is " + wanted + ", would be read as " + found);
    }
  }
}
