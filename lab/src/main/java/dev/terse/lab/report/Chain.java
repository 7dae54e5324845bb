package dev.terse.lab.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.JsonLines;
import dev.terse.io.JsonLinesWriter;
import dev.terse.traces.score.ScoredTrace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A completion to be looked at.
 *
 * @param id of the problem
 * @param steps of the thinking, in order
 * @param answer the text after the thinking
 */
public record Chain(String id, String question, List<Step> steps, String answer) {
  public Chain {
    steps = List.copyOf(steps);
  }

  /**
   * A step.
   *
   * @param bits mean entropy of its tokens, by the model that wrote it
   */
  public record Step(String text, double bits) {}

  /** The chain of a scored completion. */
  public static Chain of(ScoredTrace scored) {
    String thinking = scored.thinking().text();
    return new Chain(
        scored.trace().id(),
        scored.trace().question(),
        scored.steps().stream()
            .map(step -> new Step(step.step().text(thinking), step.entropyMean()))
            .toList(),
        scored.thinking().answer());
  }

  /** Writes chains as JSON lines. */
  public static void write(Path file, List<Chain> chains) throws IOException {
    try (JsonLinesWriter out = new JsonLinesWriter(file)) {
      for (Chain chain : chains) {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        row.put("id", chain.id()).put("question", chain.question());
        ArrayNode steps = row.putArray("steps");
        chain
            .steps()
            .forEach(step -> steps.addObject().put("text", step.text()).put("bits", step.bits()));
        out.write(row.put("answer", chain.answer()));
      }
      out.commit();
    }
  }

  /** Reads what {@link #write} has written. */
  public static List<Chain> read(Path file) throws IOException {
    List<Chain> chains = new ArrayList<>();
    try (JsonLines lines = JsonLines.open(file)) {
      for (JsonNode row = lines.next(); row != null; row = lines.next()) {
        List<Step> steps = new ArrayList<>();
        for (JsonNode step : row.path("steps")) {
          steps.add(new Step(step.path("text").asText(), step.path("bits").asDouble()));
        }
        chains.add(
            new Chain(
                row.path("id").asText(),
                row.path("question").asText(),
                steps,
                row.path("answer").asText()));
      }
    }
    return chains;
  }
}
