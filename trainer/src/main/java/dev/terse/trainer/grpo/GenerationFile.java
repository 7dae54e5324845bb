package dev.terse.trainer.grpo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.JsonLines;
import dev.terse.io.JsonLinesWriter;
import dev.terse.rollout.Completion;
import dev.terse.rollout.FinishReason;
import dev.terse.rollout.Group;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.loss.GroupAdvantage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The completions that a later update still needs, in a checkpoint: ids and log-probabilities.
 * Text, rewards and advantages follow from them and are computed again.
 */
final class GenerationFile {
  private static final String NAME = "generation.jsonl";

  private GenerationFile() {}

  static void write(Path folder, List<Episode> episodes) throws IOException {
    try (JsonLinesWriter out = new JsonLinesWriter(folder.resolve(NAME))) {
      for (Episode episode : episodes) {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        row.put("problem", episode.problem().prompt().index());
        row.put("finish", episode.completion().finish().name());
        ArrayNode ids = row.putArray("ids");
        for (int id : episode.completion().ids()) {
          ids.add(id);
        }
        ArrayNode drawn = row.putArray("sampler_log_probs");
        for (float logProb : episode.completion().logProbs()) {
          drawn.add(logProb);
        }
        put(row, "old_log_probs", episode.oldLogProbs());
        put(row, "reference_log_probs", episode.referenceLogProbs());
        out.write(row);
      }
      out.commit();
    }
  }

  /** The episodes of {@link #write}, scored and compared again. */
  static List<Episode> read(
      Path folder, List<Problem> problems, Judge judge, int groupSize, GroupAdvantage.Scale scale)
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
    List<Problem> prompts = new ArrayList<>();
    List<Group> groups = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += groupSize) {
      Problem problem = byIndex.get(rows.get(from).path("problem").asInt());
      prompts.add(problem);
      groups.add(
          new Group(
              problem.prompt(),
              rows.subList(from, from + groupSize).stream()
                  .map(GenerationFile::completion)
                  .toList()));
    }
    List<Episode> scored = judge.score(prompts, groups);
    List<Episode> episodes =
        Episode.compared(scored, GroupAdvantage.of(Episode.rewards(scored), groupSize, scale));
    List<Episode> out = new ArrayList<>();
    for (int i = 0; i < episodes.size(); i++) {
      JsonNode row = rows.get(i);
      out.add(
          episodes
              .get(i)
              .withLogProbs(
                  doubles(row.path("old_log_probs")), doubles(row.path("reference_log_probs"))));
    }
    return out;
  }

  private static Completion completion(JsonNode row) {
    int[] ids = new int[row.path("ids").size()];
    float[] logProbs = new float[ids.length];
    for (int t = 0; t < ids.length; t++) {
      ids[t] = row.path("ids").get(t).asInt();
      logProbs[t] = (float) row.path("sampler_log_probs").get(t).asDouble();
    }
    return new Completion(ids, logProbs, FinishReason.valueOf(row.path("finish").asText()));
  }

  private static void put(ObjectNode row, String field, double[] values) {
    if (values != null) {
      ArrayNode array = row.putArray(field);
      for (double value : values) {
        array.add(value);
      }
    }
  }

  private static double[] doubles(JsonNode array) {
    if (array.isMissingNode()) {
      return null;
    }
    double[] values = new double[array.size()];
    for (int t = 0; t < values.length; t++) {
      values[t] = array.get(t).asDouble();
    }
    return values;
  }
}
