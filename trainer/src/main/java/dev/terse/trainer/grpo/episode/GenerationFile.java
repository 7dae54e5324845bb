package dev.terse.trainer.grpo.episode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.JsonLines;
import dev.terse.io.JsonLinesWriter;
import dev.terse.reward.Score;
import dev.terse.rollout.Completion;
import dev.terse.rollout.FinishReason;
import dev.terse.rollout.Group;
import dev.terse.trainer.data.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The completions that a later update still needs, in a checkpoint: ids, log-probabilities and
 * scores. Text and advantages follow from them and are computed again. Scores do not where the
 * completions that they were compared with were dropped, or where a reward is not a function of the
 * text.
 *
 * @param problems [P]
 * @param groups [P][G]
 * @param scores [P·G], none in a checkpoint of 0.1
 * @param oldLogProbs as in {@link Generation}
 * @param referenceLogProbs as there
 */
public record GenerationFile(
    List<Problem> problems,
    List<Group> groups,
    Optional<List<Score>> scores,
    Optional<List<double[]>> oldLogProbs,
    Optional<List<double[]>> referenceLogProbs) {
  private static final String NAME = "generation.jsonl";
  private static final String OLD = "old_log_probs";
  private static final String REFERENCE = "reference_log_probs";
  private static final String CORRECT = "correct";
  private static final String REWARD = "reward";
  private static final String RAW = "raw_reward";
  private static final String TERMS = "terms";

  public static void write(Path folder, Generation generation) throws IOException {
    try (JsonLinesWriter out = new JsonLinesWriter(folder.resolve(NAME))) {
      for (int i = 0; i < generation.episodes().size(); i++) {
        int at = i;
        Episode episode = generation.episodes().get(i);
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        row.put("problem", episode.problem().prompt().index());
        row.put("finish", episode.completion().finish().name());
        ArrayNode ids = row.putArray("ids");
        IntStream.of(episode.completion().ids()).forEach(ids::add);
        ArrayNode drawn = row.putArray("sampler_log_probs");
        for (float logProb : episode.completion().logProbs()) {
          drawn.add(logProb);
        }
        put(row, episode.score());
        generation.oldLogProbs().ifPresent(all -> put(row, OLD, all.get(at)));
        generation.referenceLogProbs().ifPresent(all -> put(row, REFERENCE, all.get(at)));
        out.write(row);
      }
      out.commit();
    }
  }

  /**
   * What {@link #write} wrote.
   *
   * @param problems of the training file
   */
  public static GenerationFile read(Path folder, List<Problem> problems, int groupSize)
      throws IOException {
    Map<Integer, Problem> byIndex =
        problems.stream()
            .collect(Collectors.toMap(problem -> problem.prompt().index(), Function.identity()));
    List<JsonNode> rows = new ArrayList<>();
    try (JsonLines lines = JsonLines.open(folder.resolve(NAME))) {
      for (JsonNode row = lines.next(); row != null; row = lines.next()) {
        rows.add(row);
      }
    }
    List<Problem> drawn = new ArrayList<>();
    List<Group> groups = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += groupSize) {
      Problem problem = byIndex.get(rows.get(from).path("problem").asInt());
      List<JsonNode> own = rows.subList(from, from + groupSize);
      drawn.add(problem);
      groups.add(
          new Group(problem.prompt(), own.stream().map(GenerationFile::completion).toList()));
    }
    Optional<List<Score>> scores =
        rows.stream().allMatch(row -> row.has(CORRECT))
            ? Optional.of(rows.stream().map(GenerationFile::score).toList())
            : Optional.empty();
    return new GenerationFile(drawn, groups, scores, column(rows, OLD), column(rows, REFERENCE));
  }

  /** A number that is not there is absent, not 0. */
  private static void put(ObjectNode row, Score score) {
    row.put(CORRECT, score.correct());
    put(row, REWARD, score.total());
    put(row, RAW, score.raw());
    ObjectNode terms = row.putObject(TERMS);
    score.terms().forEach((name, value) -> put(terms, name, value));
  }

  private static void put(ObjectNode node, String field, double value) {
    if (Double.isNaN(value)) {
      node.putNull(field);
    } else {
      node.put(field, value);
    }
  }

  private static Score score(JsonNode row) {
    Map<String, Double> terms = new LinkedHashMap<>();
    row.path(TERMS).properties().forEach(term -> terms.put(term.getKey(), number(term.getValue())));
    return new Score(
        number(row.path(REWARD)),
        number(row.path(RAW)),
        terms,
        row.path(CORRECT).asBoolean(),
        Score.Logged.NOTHING);
  }

  private static double number(JsonNode value) {
    return value.isNumber() ? value.asDouble() : Double.NaN;
  }

  private static Completion completion(JsonNode row) {
    double[] drawn = doubles(row.path("sampler_log_probs"));
    float[] logProbs = new float[drawn.length];
    for (int t = 0; t < drawn.length; t++) {
      logProbs[t] = (float) drawn[t];
    }
    int[] ids = row.path("ids").valueStream().mapToInt(JsonNode::asInt).toArray();
    return new Completion(ids, logProbs, FinishReason.valueOf(row.path("finish").asText()));
  }

  private static void put(ObjectNode row, String field, double[] values) {
    ArrayNode array = row.putArray(field);
    for (double value : values) {
      array.add(value);
    }
  }

  /** A field that all rows have, or none. */
  private static Optional<List<double[]>> column(List<JsonNode> rows, String field) {
    return rows.stream().anyMatch(row -> row.has(field))
        ? Optional.of(rows.stream().map(row -> doubles(row.path(field))).toList())
        : Optional.empty();
  }

  private static double[] doubles(JsonNode array) {
    return array.valueStream().mapToDouble(JsonNode::asDouble).toArray();
  }
}
