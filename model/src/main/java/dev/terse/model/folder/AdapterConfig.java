package dev.terse.model.folder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.JsonFile;
import dev.terse.model.adapter.LoraSettings;
import dev.terse.model.adapter.ModuleNames;
import dev.terse.model.adapter.TargetModules;
import dev.terse.model.weights.WeightShapes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The adapter_config.json of a PEFT adapter.
 *
 * @param base where the frozen model is (base_model_name_or_path)
 * @param tokens ids of trained rows by name of their table (trainable_token_indices)
 */
record AdapterConfig(LoraSettings settings, String base, Map<String, int[]> tokens) {
  static final String FILE = "adapter_config.json";
  private static final String ALL_LINEAR = "all-linear";

  /** As wide as the widest model's layers. */
  private static final int MOST_RANK = 65_536;

  private static final int DEFAULT_RANK = 8;
  private static final double DEFAULT_ALPHA = 8;

  /** Features of PEFT that change the numbers and are not here: off means null, false or empty. */
  private static final List<String> OFF =
      List.of(
          "lora_bias",
          "layer_replication",
          "target_parameters",
          "alora_invocation_tokens",
          "arrow_config",
          "use_qalora",
          "use_bdlora",
          "velora_config",
          "monteclora_config",
          "kasa_config");

  /** Ways to begin that leave the frozen weights as they are. */
  private static final Set<String> INITIALISATIONS =
      Set.of("true", "false", "gaussian", "eva", "orthogonal");

  private static final Map<String, String> TABLES =
      Map.of("embed_tokens", WeightShapes.EMBEDDING, "lm_head", WeightShapes.HEAD);

  /**
   * Reads the file of an adapter's folder.
   *
   * @throws IllegalArgumentException naming all that is not supported, at once
   */
  static AdapterConfig read(Path folder) {
    Path file = folder.resolve(FILE);
    JsonNode json = JsonFile.read(file);
    List<String> problems = new ArrayList<>();
    if (!json.path("peft_type").asText().equals("LORA")) {
      problems.add("peft_type must be LORA, is " + json.path("peft_type"));
    }
    for (String key : OFF) {
      if (!isOff(json.path(key))) {
        problems.add(key + " " + json.path(key) + " is not supported");
      }
    }
    if (json.has("bias") && !json.path("bias").asText().equals("none")) {
      problems.add("bias must be none, is " + json.path("bias"));
    }
    if (!INITIALISATIONS.contains(json.path("init_lora_weights").asText("true"))) {
      problems.add(
          "init_lora_weights "
              + json.path("init_lora_weights")
              + " changes the base model's weights: save the adapter as a plain one");
    }
    String base = json.path("base_model_name_or_path").asText("");
    if (base.isEmpty()) {
      problems.add("base_model_name_or_path must name the model that the adapter is for");
    }
    Map<String, int[]> tokens = tokens(json.path("trainable_token_indices"), problems);
    Optional<LoraSettings> settings = settings(json, problems);
    if (json.path("ensure_weight_tying").asBoolean() && settings.isPresent()) {
      settings
          .filter(AdapterConfig::namesATable)
          .ifPresent(
              own ->
                  problems.add(
                      "ensure_weight_tying is not supported where embed_tokens or lm_head is"
                          + " changed"));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(file + " cannot be used: " + String.join("; ", problems));
    }
    return new AdapterConfig(settings.orElseThrow(), base, tokens);
  }

  private static boolean namesATable(LoraSettings settings) {
    return Stream.concat(
            settings.targets().included().names().stream(), settings.savedModules().stream())
        .anyMatch(name -> name.endsWith("embed_tokens") || name.endsWith("lm_head"));
  }

  /** What kind of adapter it is; empty where a problem was told. Defaults are PEFT's. */
  private static Optional<LoraSettings> settings(JsonNode json, List<String> problems) {
    int known = problems.size();
    int rank = json.hasNonNull("r") ? json.path("r").asInt() : DEFAULT_RANK;
    double dropout = json.path("lora_dropout").asDouble();
    if (rank < 1 || rank > MOST_RANK) {
      problems.add("r must be from 1 to " + MOST_RANK + ", is " + json.path("r"));
    }
    if (!(dropout >= 0 && dropout < 1)) {
      problems.add("lora_dropout must be in [0, 1), is " + json.path("lora_dropout"));
    }
    Map<String, Integer> ranks = new LinkedHashMap<>();
    Map<String, Double> alphas = new LinkedHashMap<>();
    json.path("rank_pattern")
        .properties()
        .forEach(entry -> ranks.put(entry.getKey(), entry.getValue().asInt()));
    json.path("alpha_pattern")
        .properties()
        .forEach(entry -> alphas.put(entry.getKey(), entry.getValue().asDouble()));
    if (ranks.values().stream().anyMatch(other -> other < 1 || other > MOST_RANK)) {
      problems.add(
          "rank_pattern must hold ranks from 1 to "
              + MOST_RANK
              + ", is "
              + json.path("rank_pattern"));
    }
    if (problems.size() > known) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new LoraSettings(
              rank,
              json.hasNonNull("lora_alpha") ? json.path("lora_alpha").asDouble() : DEFAULT_ALPHA,
              dropout,
              targets(json),
              json.path("use_rslora").asBoolean(),
              json.path("use_dora").asBoolean(),
              ranks,
              alphas,
              texts(json.path("modules_to_save"))));
    } catch (IllegalArgumentException e) {
      problems.add(e.getMessage());
      return Optional.empty();
    }
  }

  private static boolean isOff(JsonNode value) {
    return value.isMissingNode()
        || value.isNull()
        || value.isBoolean() && !value.booleanValue()
        || value.isContainerNode() && value.isEmpty();
  }

  private static TargetModules targets(JsonNode json) {
    JsonNode layers = json.path("layers_to_transform");
    return new TargetModules(
        json.hasNonNull("target_modules")
            ? names(json.path("target_modules"))
            : TargetModules.DEFAULT.included(),
        names(json.path("exclude_modules")),
        IntStream.range(0, layers.isArray() ? layers.size() : layers.isNumber() ? 1 : 0)
            .map(i -> layers.isArray() ? layers.get(i).asInt() : layers.asInt())
            .boxed()
            .toList(),
        texts(json.path("layers_pattern")));
  }

  /** A list chooses by name, a text is a pattern or the word all-linear. */
  private static ModuleNames names(JsonNode json) {
    if (!json.isTextual()) {
      return ModuleNames.of(texts(json));
    }
    return json.textValue().equalsIgnoreCase(ALL_LINEAR)
        ? TargetModules.ALL_LINEAR.included()
        : ModuleNames.matching(json.textValue());
  }

  /** A text, or a list of some. */
  private static List<String> texts(JsonNode json) {
    if (json.isTextual()) {
      return json.textValue().isEmpty() ? List.of() : List.of(json.textValue());
    }
    List<String> texts = new ArrayList<>();
    json.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static Map<String, int[]> tokens(JsonNode json, List<String> problems) {
    Map<String, int[]> tokens = new LinkedHashMap<>();
    if (json.isArray()) {
      tokens.put(WeightShapes.EMBEDDING, ids(json));
    } else if (json.isObject()) {
      json.properties()
          .forEach(
              entry -> {
                String name = entry.getKey().substring(entry.getKey().lastIndexOf('.') + 1);
                if (TABLES.containsKey(name)) {
                  tokens.put(TABLES.get(name), ids(entry.getValue()));
                } else {
                  problems.add(
                      "trainable_token_indices may name embed_tokens and lm_head, not "
                          + entry.getKey());
                }
              });
    }
    return tokens;
  }

  private static int[] ids(JsonNode array) {
    int[] ids = new int[array.size()];
    for (int k = 0; k < ids.length; k++) {
      ids[k] = array.get(k).asInt();
    }
    return ids;
  }

  AdapterConfig withDropout(double dropout) {
    return new AdapterConfig(settings.withDropout(dropout), base, tokens);
  }

  /** The text that PEFT reads. */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("peft_type", "LORA")
        .put("task_type", "CAUSAL_LM")
        .put("base_model_name_or_path", base)
        .put("r", settings.rank());
    putNumber(json, "lora_alpha", settings.alpha());
    json.put("lora_dropout", settings.dropout())
        .put("use_rslora", settings.useRslora())
        .put("use_dora", settings.useDora())
        .put("bias", "none")
        .put("fan_in_fan_out", false)
        .put("inference_mode", true)
        .put("init_lora_weights", true);
    TargetModules targets = settings.targets();
    put(json, "target_modules", targets.included());
    put(json, "exclude_modules", targets.excluded());
    put(json, "modules_to_save", settings.savedModules());
    put(json, "layers_to_transform", targets.layers());
    put(json, "layers_pattern", targets.layerLists());
    ObjectNode ranks = json.putObject("rank_pattern");
    settings.rankPattern().forEach(ranks::put);
    ObjectNode alphas = json.putObject("alpha_pattern");
    settings.alphaPattern().forEach((pattern, alpha) -> putNumber(alphas, pattern, alpha));
    if (tokens.isEmpty()) {
      json.putNull("trainable_token_indices");
    } else if (tokens.keySet().equals(Set.of(WeightShapes.EMBEDDING))) {
      add(tokens.get(WeightShapes.EMBEDDING), json.putArray("trainable_token_indices"));
    } else {
      ObjectNode byTable = json.putObject("trainable_token_indices");
      TABLES.entrySet().stream()
          .filter(entry -> tokens.containsKey(entry.getValue()))
          .sorted(Map.Entry.comparingByKey())
          .forEach(entry -> add(tokens.get(entry.getValue()), byTable.putArray(entry.getKey())));
    }
    return json;
  }

  private static void put(ObjectNode json, String key, ModuleNames names) {
    if (names.pattern() == null) {
      put(json, key, names.names());
    } else {
      json.put(key, names.pattern());
    }
  }

  /** A list of texts or whole numbers, null where it is empty. */
  private static void put(ObjectNode json, String key, List<?> values) {
    if (values.isEmpty()) {
      json.putNull(key);
    } else {
      values.forEach(json.putArray(key)::addPOJO);
    }
  }

  /** A whole number without its fraction of 0. */
  private static void putNumber(ObjectNode json, String key, double value) {
    if (value == Math.rint(value)) {
      json.put(key, (long) value);
    } else {
      json.put(key, value);
    }
  }

  private static void add(int[] ids, ArrayNode to) {
    for (int id : ids) {
      to.add(id);
    }
  }
}
