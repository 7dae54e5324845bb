package dev.terse.traces;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A question with a model's own response to it: one row of a traces file.
 *
 * @param id name of the row; {@code line N} where the row has none
 * @param question what the model was asked
 * @param response thinking, {@code </think>}, answer; exactly as the model wrote it
 * @param gold the right answer as the data set has it, or null
 * @param marked whether the row calls itself right ({@code boxed_exact}); null where it does not
 *     say
 */
public record Trace(String id, String question, String response, String gold, Boolean marked) {

  /**
   * Reads fields {@code question} and {@code response} and, where they are, {@code id}, {@code
   * gold} and {@code boxed_exact}.
   *
   * @throws IllegalArgumentException if a field is missing or not a text
   */
  public static Trace of(JsonNode row, int line) {
    JsonNode marked = row.path("boxed_exact");
    return new Trace(
        JsonFields.textOr(row, "id", "line " + line),
        JsonFields.text(row, "question"),
        JsonFields.text(row, "response"),
        JsonFields.textOr(row, "gold", null),
        marked.isBoolean() ? marked.booleanValue() : null);
  }
}
