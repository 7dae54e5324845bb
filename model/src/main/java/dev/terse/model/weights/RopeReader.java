package dev.terse.model.weights;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.engine.Rotary;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One reading of the rotary keys of a config.json, with the rules of transformers: rope_theta
 * beside rope_scaling in older files, both in rope_parameters in newer ones.
 */
final class RopeReader {
  private static final List<String> SCALED = List.of("linear", "dynamic", "yarn", "llama3");

  private static final Set<String> KNOWN =
      Set.of(
          "rope_type",
          "type",
          "rope_theta",
          "partial_rotary_factor",
          "factor",
          "original_max_position_embeddings",
          "attention_factor",
          "mscale",
          "mscale_all_dim",
          "beta_fast",
          "beta_slow",
          "truncate",
          "low_freq_factor",
          "high_freq_factor");

  private final JsonNode json;
  private final int headDim;
  private final int maxPositions;
  private final double defaultTheta;
  private final Consumer<String> problems;

  /**
   * @param maxPositions max_position_embeddings
   * @param defaultTheta where the file has no rope_theta
   * @param problems is told each sentence
   */
  RopeReader(
      JsonNode json,
      int headDim,
      int maxPositions,
      double defaultTheta,
      Consumer<String> problems) {
    this.json = json;
    this.headDim = headDim;
    this.maxPositions = maxPositions;
    this.defaultTheta = defaultTheta;
    this.problems = problems;
  }

  /**
   * What was read.
   *
   * @param positions tokens of the longest sequence that the model is meant for
   */
  record Rope(RopeScheme scheme, int positions) {

    private boolean sameAs(Rope other) {
      return positions == other.positions
          && scheme.within().scale() == other.scheme.within().scale()
          && Arrays.equals(
              scheme.within().inverseFrequencies(), other.scheme.within().inverseFrequencies())
          && (scheme.dynamic() == null
              ? other.scheme.dynamic() == null
              : scheme.dynamic().equals(other.scheme.dynamic()));
    }
  }

  Rope read() {
    JsonNode scaling = json.path("rope_scaling");
    JsonNode parameters = json.path("rope_parameters");
    boolean both = !scaling.isEmpty() && !parameters.isEmpty();
    Rope rope = read(scaling.isEmpty() ? parameters : scaling);
    if (both && !rope.sameAs(read(parameters))) {
      problems.accept(
          "rope_scaling "
              + cut(scaling)
              + " and rope_parameters "
              + cut(parameters)
              + " ask for different angles (transformers takes rope_scaling, with the rope_theta"
              + " beside it): delete the one that is not meant");
    }
    return rope;
  }

  /** Keys of the scaling that neither transformers nor we read, with their values. */
  static List<String> unread(JsonNode json) {
    JsonNode scaling = json.path("rope_scaling");
    JsonNode from = scaling.isEmpty() ? json.path("rope_parameters") : scaling;
    return from.properties().stream()
        .filter(entry -> !KNOWN.contains(entry.getKey()))
        .map(entry -> entry.getKey() + " " + cut(entry.getValue()))
        .toList();
  }

  private Rope read(JsonNode from) {
    double theta = number(from, "rope_theta", number(json, "rope_theta", defaultTheta));
    double partial =
        number(from, "partial_rotary_factor", number(json, "partial_rotary_factor", 1));
    if (partial != 1) {
      problems.accept("partial_rotary_factor must be 1, is " + partial);
    }
    for (JsonNode value : from) {
      if (value.isObject()) {
        problems.accept("rope_parameters by layer type are not supported, has " + cut(from));
        break;
      }
    }
    double[] plain = RopeFrequencies.plain(headDim, theta);
    String type = from.path("rope_type").asText(from.path("type").asText("default"));
    double factor = SCALED.contains(type) ? factor(from, type) : 1;
    return switch (type) {
      case "default" -> always(plain, maxPositions);
      case "linear" -> always(RopeFrequencies.linear(plain, factor), times(factor, maxPositions));
      case "dynamic" ->
          new Rope(
              new RopeScheme(
                  new Rotary(plain),
                  new RopeScheme.Dynamic(headDim, theta, factor, Math.max(1, maxPositions))),
              times(factor, maxPositions));
      case "llama3" -> always(llama3(from, plain, factor), maxPositions);
      case "yarn" -> yarn(from, theta, factor);
      default -> {
        problems.accept(
            "rope_type must be default, "
                + String.join(", ", SCALED)
                + "; '"
                + cut(
                    from.path("rope_type").isMissingNode()
                        ? from.path("type")
                        : from.path("rope_type"))
                + "' is not supported");
        yield always(plain, maxPositions);
      }
    };
  }

  private static Rope always(double[] frequencies, int positions) {
    return new Rope(new RopeScheme(new Rotary(frequencies)), positions);
  }

  private static int times(double factor, int positions) {
    return (int) Math.min(Integer.MAX_VALUE, Math.floor(factor * positions));
  }

  private double factor(JsonNode from, String type) {
    // YaRN without one takes what the context was stretched by.
    double fallback = type.equals("yarn") ? maxPositions / original(from) : 0;
    double factor = number(from, "factor", fallback);
    if (!(factor >= 1)) {
      problems.accept(type + " rope scaling needs a factor of 1 or more, has " + cut(from));
      return 1;
    }
    return factor;
  }

  /** Positions that the unscaled model was trained on; beside the scaling it has priority. */
  private double original(JsonNode from) {
    String key = "original_max_position_embeddings";
    return number(json, key, number(from, key, Math.max(1, maxPositions)));
  }

  private double[] llama3(JsonNode from, double[] plain, double factor) {
    double low = number(from, "low_freq_factor", 0);
    double high = number(from, "high_freq_factor", 0);
    if (!(low > 0) || !(high > low)) {
      problems.accept(
          "llama3 rope scaling needs 0 < low_freq_factor < high_freq_factor, has " + cut(from));
      return plain;
    }
    return RopeFrequencies.llama3(plain, factor, low, high, original(from));
  }

  private Rope yarn(JsonNode from, double theta, double factor) {
    double original = original(from);
    double[] frequencies =
        RopeFrequencies.yarn(
            headDim,
            theta,
            factor,
            original,
            numberOrZero(from, "beta_fast", 32),
            numberOrZero(from, "beta_slow", 1),
            from.path("truncate").asBoolean(true));
    double all = numberOrZero(from, "mscale_all_dim", 0);
    double own = numberOrZero(from, "mscale", 0);
    double inferred =
        own != 0 && all != 0 ? growth(factor, own) / growth(factor, all) : growth(factor, 1);
    Rotary rotary = new Rotary(frequencies, number(from, "attention_factor", inferred));
    int positions = Math.max(maxPositions, times(factor, (int) original));
    return new Rope(new RopeScheme(rotary), positions);
  }

  /** What sharpens the attention of a stretched context (YaRN, section 3.3). */
  private static double growth(double factor, double share) {
    return factor <= 1 ? 1 : 0.1 * share * Math.log(factor) + 1;
  }

  /** As {@link #number}; 0 means absent, as in transformers. */
  private double numberOrZero(JsonNode from, String key, double fallback) {
    return from.path(key).asDouble(1) == 0 ? fallback : number(from, key, fallback);
  }

  /** A positive number, or {@code fallback} where the key is absent or null. */
  private double number(JsonNode from, String key, double fallback) {
    if (!from.hasNonNull(key)) {
      return fallback;
    }
    JsonNode node = from.get(key);
    if (!node.isNumber() || !(node.doubleValue() > 0)) {
      problems.accept(key + " must be a positive number, is " + cut(node));
      return fallback;
    }
    return node.doubleValue();
  }

  private static String cut(JsonNode node) {
    return DecoderConfigReader.cut(node.isTextual() ? node.textValue() : node.toString());
  }
}
