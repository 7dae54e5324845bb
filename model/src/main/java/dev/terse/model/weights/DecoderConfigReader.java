package dev.terse.model.weights;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.engine.AttentionShape;
import dev.terse.model.weights.DecoderConfig.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One reading of a config.json: collects what is missing, wrong or not supported, and says all of
 * it at once. Defaults are those of transformers' LlamaConfig, Qwen2Config, Qwen3Config,
 * SmolLM3Config and MistralConfig.
 */
final class DecoderConfigReader {
  private static final int QWEN3_DEFAULT_HEAD_DIM = 128;
  private static final int MAX_LAYERS = 1024; // the deepest published decoders have 126
  private static final double DEFAULT_THETA = 10_000;
  private static final double SMOLLM3_DEFAULT_THETA = 2_000_000;
  private static final int SMOLLM3_DEFAULT_INTERVAL = 4; // every fourth layer does not turn
  private static final int DEFAULT_WINDOW = 4096;
  private static final int QWEN_DEFAULT_FULL_LAYERS = 28; // max_window_layers

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
    // A key that is absent takes the class's default, a null means "as many as query heads".
    int kvHeads =
        json.has("num_key_value_heads")
            ? count("num_key_value_heads", heads)
            : defaultKvHeads(family, heads);
    int headDim = headDim(family, channels, heads);
    if (heads > 0 && kvHeads > 0 && heads % kvHeads != 0) {
      problem("num_key_value_heads " + kvHeads + " must divide num_attention_heads " + heads);
    }
    if (headDim % 2 != 0) {
      problem("head_dim must be even for rotary embeddings, is " + headDim);
    }
    boolean attentionBias =
        flag("attention_bias") && family != Family.QWEN2 && family != Family.MISTRAL;
    double epsilon = number(json, "rms_norm_eps", 1e-6);
    int maxPositions = count("max_position_embeddings", defaultPositions(family));
    double initializerRange = number(json, "initializer_range", 0.02);
    boolean tied =
        flag("tie_word_embeddings") || family == Family.SMOLLM3 && !json.has("tie_word_embeddings");
    refuseUnsupported(family);
    double theta = family == Family.SMOLLM3 ? SMOLLM3_DEFAULT_THETA : DEFAULT_THETA;
    RopeReader.Rope rope = new RopeReader(json, headDim, maxPositions, theta, this::problem).read();
    int window = window(family, layers);
    boolean limited = window > 0 && window < rope.positions();
    Set<Integer> unrotated = unrotated(family, layers);
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
        rope.scheme(),
        unrotated,
        limited ? window : rope.positions(),
        limited
            ? "sliding_window: attention here is full, which is the same up to there"
            : rope.positions() == maxPositions
                ? "max_position_embeddings"
                : "max_position_embeddings and the factor of its rope scaling",
        initializerRange,
        json);
  }

  private Family family() {
    String type = json.path("model_type").asText("");
    Optional<Family> family = Family.of(type);
    if (family.isEmpty()) {
      problem("model_type must be " + Family.list() + ", is '" + cut(type) + "'");
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

  private static int defaultKvHeads(Family family, int heads) {
    return switch (family) {
      case LLAMA -> heads;
      case QWEN2, QWEN3 -> 32;
      case SMOLLM3 -> 4;
      case MISTRAL -> 8;
    };
  }

  private static int defaultPositions(Family family) {
    return switch (family) {
      case LLAMA -> 2048;
      case QWEN2, QWEN3, SMOLLM3 -> 32768;
      case MISTRAL -> 131072;
    };
  }

  private void refuseUnsupported(Family family) {
    String activation = json.path("hidden_act").asText("silu");
    if (!activation.equals("silu")) {
      problem("hidden_act must be silu, is '" + cut(activation) + "'");
    }
    if (flag("mlp_bias")) {
      problem("mlp_bias true is not supported");
    }
    for (JsonNode type : json.path("layer_types")) {
      boolean known =
          type.asText().equals("full_attention")
              || type.asText().equals("sliding_attention") && family != Family.LLAMA;
      if (!known) {
        problem("layer_types must all be full_attention, has '" + cut(type.asText()) + "'");
        break;
      }
    }
    if (present("quantization_config")) {
      problem("quantized weights (quantization_config) are not supported: give F32, F16 or BF16");
    }
  }

  /** Layers whose queries and keys are not turned; only SmolLM3 has some. */
  private Set<Integer> unrotated(Family family, int layers) {
    Set<Integer> unrotated = new TreeSet<>();
    if (family != Family.SMOLLM3 || layers > MAX_LAYERS) {
      return unrotated;
    }
    JsonNode listed = json.path("no_rope_layers");
    int interval = count("no_rope_layer_interval", SMOLLM3_DEFAULT_INTERVAL);
    if (!listed.isMissingNode() && !listed.isNull() && listed.size() < layers) {
      problem(
          "no_rope_layers must have an entry for each of "
              + layers
              + " layers, has "
              + cut(listed.toString()));
      return unrotated;
    }
    for (int l = 0; l < layers; l++) {
      // Despite the key's name, 1 is a layer that turns.
      boolean turns =
          listed.isArray() ? listed.get(l).asBoolean() : interval == 0 || (l + 1) % interval != 0;
      if (!turns) {
        unrotated.add(l);
      }
    }
    return unrotated;
  }

  /**
   * Tokens that a layer of sliding attention sees, or 0 where no layer has one. Attention here is
   * full, which is the same up to that length.
   */
  private int window(Family family, int layers) {
    if (family == Family.MISTRAL) {
      return json.has("sliding_window") ? count("sliding_window", 0) : DEFAULT_WINDOW;
    }
    boolean listed = false;
    for (JsonNode type : json.path("layer_types")) {
      listed |= type.asText().equals("sliding_attention");
    }
    boolean slides =
        listed
            || json.path("layer_types").isEmpty()
                && (family == Family.SMOLLM3
                    || count("max_window_layers", QWEN_DEFAULT_FULL_LAYERS) < layers);
    if (family == Family.LLAMA || !flag("use_sliding_window") || !slides) {
      return 0;
    }
    boolean none =
        family == Family.SMOLLM3
            ? !present("sliding_window")
            : json.path("sliding_window").isNull();
    return none ? 0 : count("sliding_window", DEFAULT_WINDOW);
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

  /** A boolean; false where absent. */
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

  static String cut(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
