package dev.terse.trainer.data;

import dev.terse.rollout.Prompt;
import java.util.Map;

/**
 * A question with its right answer, ready to be sampled from.
 *
 * @param id name in records
 * @param question as the data has it; of messages the last one's text
 * @param gold the right answer; null where the row has none and no reward asks for it
 * @param prompt token ids; its index is the row's place in the file, so that a draw does not depend
 *     on which rows were dropped
 * @param row what rewards of the user see of it
 */
public record Problem(String id, String question, String gold, Prompt prompt, Row row) {

  /** A problem of nothing but its question. */
  public Problem(String id, String question, String gold, Prompt prompt) {
    this(id, question, gold, prompt, new Row(question, Map.of()));
  }

  /**
   * A row of the data set as rewards of the user see it (TRL: prompts and keyword arguments).
   *
   * @param prompt text, or messages as maps of role and content
   * @param columns all columns but prompt and completion
   */
  public record Row(Object prompt, Map<String, Object> columns) {}
}
