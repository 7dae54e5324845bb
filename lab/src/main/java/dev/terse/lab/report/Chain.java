package dev.terse.lab.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.JsonLines;
import dev.terse.io.JsonLinesWriter;
import dev.terse.traces.score.ScoredTrace;
import dev.terse.traces.segment.Segmenter;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.ThinkingRule;
import dev.terse.trainer.eval.EvalRecord;
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
   * @param bits mean entropy of its tokens, by the model that wrote it; NaN where it was not
   *     measured
   */
  public record Step(String text, double bits) {
    boolean isMeasured() {
      return !Double.isNaN(bits);
    }
  }

  /** Whether the entropy of any step is known. */
  boolean isMeasured() {
    return steps.stream().anyMatch(Step::isMeasured);
  }

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

  /** The chain of a record, which has neither the question nor entropies. */
  static Chain of(EvalRecord record, ThinkingRule rule) {
    Thinking thinking =
        record.status() == EvalRecord.Status.TRUNCATED
            ? rule.ofCut(record.completion())
            : rule.of(record.completion());
    return new Chain(
        record.id(),
        "Problem " + record.id() + ", right answer " + record.gold(),
        Segmenter.steps(thinking.text()).stream()
            .map(step -> new Step(step.text(thinking.text()), Double.NaN))
            .toList(),
        thinking.answer());
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
