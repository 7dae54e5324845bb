package dev.terse.model.folder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.JsonFile;
import dev.terse.model.adapter.LoraSettings;
import dev.terse.model.weights.LayerProjection;
import dev.terse.model.weights.WeightShapes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The adapter_config.json of a PEFT adapter.
 *
 * @param base where the frozen model is (base_model_name_or_path)
 * @param tokens ids of trained rows by name of their table (trainable_token_indices)
 */
record AdapterConfig(LoraSettings settings, String base, Map<String, int[]> tokens) {
  static final String FILE = "adapter_config.json";

  /** Features of PEFT that change the numbers and are not here: off means null, false or empty. */
  private static final List<String> OFF =
      List.of(
          "fan_in_fan_out",
          "lora_bias",
          "modules_to_save",
          "rank_pattern",
          "alpha_pattern",
          "layers_to_transform",
          "layer_replication",
          "exclude_modules",
          "target_parameters",
          "alora_invocation_tokens",
          "arrow_config",
          "use_qalora",
          "use_bdlora",
          "velora_config",
          "monteclora_config",
          "kasa_config");

  /** Ways to begin that leave the frozen weights as they are. */
  private static final Set<String> INITIALISATIONS = Set.of("true", "false", "gaussian", "eva");

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
    Set<LayerProjection> targets = targets(json.path("target_modules"), problems);
    Map<String, int[]> tokens = tokens(json.path("trainable_token_indices"), problems);
    int rank = json.path("r").asInt();
    double dropout = json.path("lora_dropout").asDouble();
    if (rank < 1) {
      problems.add("r must be 1 or more, is " + json.path("r"));
    }
    if (!(dropout >= 0 && dropout < 1)) {
      problems.add("lora_dropout must be in [0, 1), is " + json.path("lora_dropout"));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(file + " cannot be used: " + String.join("; ", problems));
    }
    LoraSettings settings =
        new LoraSettings(
            rank,
            json.path("lora_alpha").asDouble(),
            dropout,
            targets,
            json.path("use_rslora").asBoolean(),
            json.path("use_dora").asBoolean());
    return new AdapterConfig(settings, base, tokens);
  }

  private static boolean isOff(JsonNode value) {
    return value.isMissingNode()
        || value.isNull()
        || value.isBoolean() && !value.booleanValue()
        || value.isContainerNode() && value.isEmpty();
  }

  private static Set<LayerProjection> targets(JsonNode json, List<String> problems) {
    Set<LayerProjection> targets = EnumSet.noneOf(LayerProjection.class);
    List<String> unknown = new ArrayList<>();
    for (JsonNode name : json.isArray() ? json : JsonNodeFactory.instance.arrayNode().add(json)) {
      LayerProjection.named(name.asText())
          .ifPresentOrElse(targets::add, () -> unknown.add(name.asText()));
    }
    if (!unknown.isEmpty()) {
      problems.add("target_modules may name " + LayerProjection.names() + ", not " + unknown);
    }
    return targets;
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
    if (settings.alpha() == Math.rint(settings.alpha())) {
      json.put("lora_alpha", (long) settings.alpha());
    } else {
      json.put("lora_alpha", settings.alpha());
    }
    json.put("lora_dropout", settings.dropout())
        .put("use_rslora", settings.useRslora())
        .put("use_dora", settings.useDora())
        .put("bias", "none")
        .put("fan_in_fan_out", false)
        .put("inference_mode", true)
        .put("init_lora_weights", true)
        .putNull("modules_to_save");
    ArrayNode targets = json.putArray("target_modules");
    settings.targets().forEach(target -> targets.add(target.peftName()));
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

  private static void add(int[] ids, ArrayNode to) {
    for (int id : ids) {
      to.add(id);
    }
  }
}
