package dev.terse.model.weights;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.engine.AttentionShape;
import dev.terse.engine.Rotary;
import dev.terse.model.weights.DecoderConfig.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One reading of a config.json: collects what is missing, wrong or not supported, and says all of
 * it at once. Defaults are those of transformers' LlamaConfig, Qwen2Config and Qwen3Config.
 */
final class DecoderConfigReader {
  private static final int QWEN_DEFAULT_KV_HEADS = 32;
  private static final int QWEN3_DEFAULT_HEAD_DIM = 128;
  private static final int MAX_LAYERS = 1024; // the deepest published decoders have 126
  private static final double DEFAULT_ROPE_THETA = 10000;

  private final JsonNode json;
  private final String where;
  private final List<String> problems = new ArrayList<>();

  DecoderConfigReader(JsonNode json, String where) {
    this.json = json;
    this.where = where;
  }

  DecoderConfig read() {
    Family family = family();
    int vocabSize = requiredCount("vocab_size");
    int channels = requiredCount("hidden_size");
    int ffn = requiredCount("intermediate_size");
    int layers = requiredCount("num_hidden_layers");
    if (layers > MAX_LAYERS) {
      problem("num_hidden_layers must be at most " + MAX_LAYERS + ", is " + layers);
    }
    int heads = requiredCount("num_attention_heads");
    boolean qwen = family != Family.LLAMA;
    // A key that is absent takes the class's default, a null means "as many as query heads".
    int kvHeads =
        json.has("num_key_value_heads") || !qwen
            ? count("num_key_value_heads", heads)
            : QWEN_DEFAULT_KV_HEADS;
    int headDim = headDim(family, channels, heads);
    if (heads > 0 && kvHeads > 0 && heads % kvHeads != 0) {
      problem("num_key_value_heads " + kvHeads + " must divide num_attention_heads " + heads);
    }
    if (headDim % 2 != 0) {
      problem("head_dim must be even for rotary embeddings, is " + headDim);
    }
    boolean attentionBias = flag("attention_bias") && family != Family.QWEN2;
    double epsilon = number(json, "rms_norm_eps", 1e-6);
    int maxPositions = count("max_position_embeddings", qwen ? 32768 : 2048);
    double initializerRange = number(json, "initializer_range", 0.02);
    boolean tied = flag("tie_word_embeddings");
    refuseUnsupported();
    Rotary rotary = rotary(headDim, maxPositions);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          (problems.size() == 1 ? "a problem in " : problems.size() + " problems in ")
              + where
              + ": "
              + String.join("; ", problems));
    }
    return new DecoderConfig(
        family,
        vocabSize,
        channels,
        ffn,
        layers,
        AttentionShape.of(heads, kvHeads, headDim),
        attentionBias || family == Family.QWEN2,
        attentionBias,
        family == Family.QWEN3,
        tied,
        epsilon,
        rotary,
        maxPositions,
        initializerRange,
        json);
  }

  private Family family() {
    String type = json.path("model_type").asText("");
    Optional<Family> family = Family.of(type);
    if (family.isEmpty()) {
      problem("model_type must be llama, qwen2 or qwen3, is '" + cut(type) + "'");
    }
    return family.orElse(Family.LLAMA);
  }

  private int headDim(Family family, int channels, int heads) {
    if (present("head_dim")) {
      return count("head_dim", 0);
    }
    if (family == Family.QWEN3 && !json.has("head_dim")) {
      return QWEN3_DEFAULT_HEAD_DIM;
    }
    if (heads > 0 && channels % heads != 0) {
      problem("hidden_size " + channels + " must be a multiple of num_attention_heads " + heads);
    }
    return heads > 0 ? channels / heads : 0;
  }

  private void refuseUnsupported() {
    String activation = json.path("hidden_act").asText("silu");
    if (!activation.equals("silu")) {
      problem("hidden_act must be silu, is '" + cut(activation) + "'");
    }
    if (flag("mlp_bias")) {
      problem("mlp_bias true is not supported");
    }
    if (flag("use_sliding_window")) {
      problem("use_sliding_window true is not supported: attention here is full");
    }
    for (JsonNode type : json.path("layer_types")) {
      if (!type.asText().equals("full_attention")) {
        problem("layer_types must all be full_attention, has '" + cut(type.asText()) + "'");
        break;
      }
    }
    if (present("quantization_config")) {
      problem("quantized weights (quantization_config) are not supported: give F32, F16 or BF16");
    }
  }

  /** Old form: rope_theta beside rope_scaling. New form: both in rope_parameters. */
  private Rotary rotary(int headDim, int maxPositions) {
    boolean newForm = present("rope_parameters");
    JsonNode scaling = json.path(newForm ? "rope_parameters" : "rope_scaling");
    double theta = number(scaling, "rope_theta", number(json, "rope_theta", DEFAULT_ROPE_THETA));
    double partial =
        number(scaling, "partial_rotary_factor", number(json, "partial_rotary_factor", 1));
    if (partial != 1) {
      problem("partial_rotary_factor must be 1, is " + partial);
    }
    double[] frequencies = RopeFrequencies.plain(headDim, theta);
    String type = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
    switch (type) {
      case "default" -> {}
      case "llama3" -> frequencies = llama3(frequencies, scaling, maxPositions);
      default ->
          problem("rope_type must be default or llama3, '" + cut(type) + "' is not supported");
    }
    return new Rotary(frequencies);
  }

  private double[] llama3(double[] frequencies, JsonNode scaling, int maxPositions) {
    double factor = number(scaling, "factor", 0);
    double low = number(scaling, "low_freq_factor", 0);
    double high = number(scaling, "high_freq_factor", 0);
    String context = "original_max_position_embeddings";
    double original = number(json, context, number(scaling, context, maxPositions));
    if (!(factor >= 1) || !(low > 0) || !(high > low) || !(original > 0)) {
      problem(
          "llama3 rope scaling needs factor >= 1, 0 < low_freq_factor < high_freq_factor and"
              + " original_max_position_embeddings > 0, has "
              + cut(scaling.toString()));
      return frequencies;
    }
    return RopeFrequencies.llama3(frequencies, factor, low, high, original);
  }

  private int requiredCount(String key) {
    if (!present(key)) {
      problem(key + " is missing");
      return 0;
    }
    return count(key, 0);
  }

  /** A positive integer, or {@code fallback} where the key is absent or null. */
  private int count(String key, int fallback) {
    if (!present(key)) {
      return fallback;
    }
    JsonNode node = json.get(key);
    if (!node.canConvertToInt() || !node.canConvertToExactIntegral() || node.intValue() <= 0) {
      problem(key + " must be a positive integer, is " + cut(node.toString()));
      return 0;
    }
    return node.intValue();
  }

  /** A positive number, or {@code fallback} where the key is absent or null. */
  private double number(JsonNode from, String key, double fallback) {
    if (!from.hasNonNull(key)) {
      return fallback;
    }
    JsonNode node = from.get(key);
    if (!node.isNumber() || !(node.doubleValue() > 0)) {
      problem(key + " must be a positive number, is " + cut(node.toString()));
    }
    return node.doubleValue();
  }

  /** A boolean; false where absent, as in all three families. */
  private boolean flag(String key) {
    if (present(key) && !json.get(key).isBoolean()) {
      problem(key + " must be true or false, is " + cut(json.get(key).toString()));
    }
    return json.path(key).asBoolean(false);
  }

  private boolean present(String key) {
    return json.hasNonNull(key);
  }

  private void problem(String sentence) {
    problems.add(sentence);
  }

  private static String cut(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
