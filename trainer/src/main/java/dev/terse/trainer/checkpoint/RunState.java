package dev.terse.trainer.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.trainer.optim.Plateau;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a run must know to go on, beside model and moments: {@code trainer_state/state.json}.
 *
 * @param step updates done
 * @param applied updates that moved the weights
 * @param skippedInARow updates skipped for non-finite gradients since the last that was not
 * @param numTokens tokens read
 * @param data CRC32C of the training file
 * @param fingerprints of what else decides the run's numbers, by its name: {@link
 *     dev.terse.io.DataFingerprint}
 * @param machine engine and thread count; other ones give other bits
 * @param started when the run began, as ISO 8601 without a zone; empty in older checkpoints
 * @param config every key with its value
 * @param best the best evaluation so far, where evaluations are compared
 * @param plateau where reduce_lr_on_plateau stands; its start in other runs
 * @param withoutProgress evaluations in a row that early stopping has found no better
 * @param owesEvaluation whether the evaluation after update {@code step} was given up at a stop
 */
public record RunState(
    int step,
    int applied,
    int skippedInARow,
    long numTokens,
    String data,
    Map<String, String> fingerprints,
    String machine,
    String started,
    Map<String, String> config,
    Optional<BestModel> best,
    Plateau plateau,
    int withoutProgress,
    boolean owesEvaluation) {
  static final String FOLDER = "trainer_state";
  private static final String COUNTER = "early_stopping_patience_counter"; // transformers' name
  private static final String OWES_EVALUATION = "owes_evaluation";
  private static final String FILE = FOLDER + "/state.json";
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  void write(Path checkpoint) throws IOException {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("step", step)
        .put("applied", applied)
        .put("skipped_in_a_row", skippedInARow)
        .put("num_tokens", numTokens)
        .put("data_crc32c", data)
        .put("machine", machine)
        .put("started", started);
    best.ifPresent(b -> root.put("best_metric", b.value()).put("best_global_step", b.step()));
    if (withoutProgress > 0) {
      root.put(COUNTER, withoutProgress);
    }
    if (owesEvaluation) {
      root.put(OWES_EVALUATION, true);
    }
    ObjectNode prints = root.putObject("fingerprints");
    fingerprints.forEach(prints::put);
    if (!plateau.equals(Plateau.START)) {
      ObjectNode node = root.putObject("plateau");
      node.put("factor", plateau.factor()).put("best", plateau.best());
      node.put("bad", plateau.bad()).put("cooldown", plateau.cooldown());
    }
    ObjectNode values = root.putObject("config");
    config.forEach(values::put);
    Files.writeString(checkpoint.resolve(FILE), MAPPER.writeValueAsString(root));
  }

  static RunState read(Path checkpoint) throws IOException {
    Path file = checkpoint.resolve(FILE);
    if (!Files.exists(file)) {
      throw new IllegalArgumentException(
          checkpoint
              + " has no trainer_state (save_only_model was on): a run cannot be resumed from it;"
              + " name it as model_name_or_path to start a new run");
    }
    JsonNode root = MAPPER.readTree(Files.readString(file));
    return new RunState(
        root.path("step").asInt(),
        root.path("applied").asInt(),
        root.path("skipped_in_a_row").asInt(),
        root.path("num_tokens").asLong(),
        root.path("data_crc32c").asText(),
        texts(root.path("fingerprints")),
        root.path("machine").asText(),
        root.path("started").asText(),
        texts(root.path("config")),
        root.has("best_metric")
            ? Optional.of(
                new BestModel(
                    root.path("best_metric").asDouble(), root.path("best_global_step").asInt()))
            : Optional.empty(),
        plateau(root.path("plateau")),
        root.path(COUNTER).asInt(),
        root.path(OWES_EVALUATION).asBoolean());
  }

  private static Plateau plateau(JsonNode node) {
    return node.isMissingNode()
        ? Plateau.START
        : new Plateau(
            node.path("factor").asDouble(),
            node.path("best").asDouble(),
            node.path("bad").asInt(),
            node.path("cooldown").asInt());
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new LinkedHashMap<>();
    object.properties().forEach(e -> texts.put(e.getKey(), e.getValue().asText()));
    return texts;
  }
}
