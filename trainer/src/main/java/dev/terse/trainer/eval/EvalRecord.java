package dev.terse.trainer.eval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.JsonLines;
import dev.terse.io.JsonLinesWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What became of one problem. Every problem has a record: one that was cut off is wrong, not
 * absent.
 *
 * @param id of the problem
 * @param status how it ended
 * @param correct whether it ended and its answer is right
 * @param answer as it was found; empty where none was
 * @param gold the right answer
 * @param thinkTokens tokens up to {@code </think>}, with it
 * @param answerTokens tokens after it
 * @param steps kept steps of the thinking
 * @param skips marks in the thinking
 * @param completion the text
 */
public record EvalRecord(
    String id,
    Status status,
    boolean correct,
    String answer,
    String gold,
    int thinkTokens,
    int answerTokens,
    int steps,
    int skips,
    String completion) {

  /** How a completion ended. */
  public enum Status {
    /** With an answer. */
    OK,
    /** At the limit of tokens. */
    TRUNCATED,
    /** By itself, but without an answer. */
    NO_ANSWER
  }

  /** All tokens of the completion. */
  public int tokens() {
    return thinkTokens + answerTokens;
  }

  /** Writes records as JSON lines. */
  public static void write(Path file, List<EvalRecord> records) throws IOException {
    try (JsonLinesWriter out = new JsonLinesWriter(file)) {
      for (EvalRecord record : records) {
        out.write(record.toJson());
      }
      out.commit();
    }
  }

  /**
   * Reads records.
   *
   * @throws IllegalArgumentException naming the line that is no record
   */
  public static List<EvalRecord> read(Path file) throws IOException {
    List<EvalRecord> records = new ArrayList<>();
    try (JsonLines lines = JsonLines.open(file)) {
      for (JsonNode row = lines.next(); row != null; row = lines.next()) {
        if (!row.path("id").isTextual()
            || !row.path("correct").isBoolean()
            || !row.path("think_tokens").isInt()) {
          throw lines.bad("expected a record of the eval command (id, correct, think_tokens)");
        }
        records.add(of(row));
      }
    }
    return records;
  }

  /** A row of a records file. */
  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("status", status.name().toLowerCase(Locale.ROOT))
        .put("correct", correct)
        .put("answer", answer)
        .put("gold", gold)
        .put("tokens", tokens())
        .put("think_tokens", thinkTokens)
        .put("answer_tokens", answerTokens)
        .put("steps", steps)
        .put("skips", skips)
        .put("completion", completion);
  }

  /** What {@link #toJson} gives. */
  static EvalRecord of(JsonNode row) {
    return new EvalRecord(
        row.path("id").asText(),
        Status.valueOf(row.path("status").asText("ok").toUpperCase(Locale.ROOT)),
        row.path("correct").asBoolean(),
        row.path("answer").asText(),
        row.path("gold").asText(),
        row.path("think_tokens").asInt(),
        row.path("answer_tokens").asInt(),
        row.path("steps").asInt(),
        row.path("skips").asInt(),
        row.path("completion").asText());
  }
}
