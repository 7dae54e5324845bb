package dev.terse.traces.segment;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A question with a model's own response to it: one row of a traces file.
 *
 * @param id name of the row; {@code line N} where the row has none
 * @param question what the model was asked
 * @param response thinking, {@code </think>}, answer; exactly as the model wrote it
 * @param gold the right answer as the data set has it, or null
 */
public record Trace(String id, String question, String response, String gold) {

  /**
   * Reads fields {@code question} and {@code response} and, where they are, {@code id} and {@code
   * gold}.
   *
   * @throws IllegalArgumentException if a field is missing or not a text
   */
  public static Trace of(JsonNode row, int line) {
    return new Trace(
        JsonFields.textOr(row, "id", "line " + line),
        JsonFields.text(row, "question"),
        JsonFields.text(row, "response"),
        JsonFields.textOr(row, "gold", null));
  }
}
