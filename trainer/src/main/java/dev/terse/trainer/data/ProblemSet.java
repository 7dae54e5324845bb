package dev.terse.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.io.JsonLines;
import dev.terse.rollout.Prompt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Problems of a JSONL file. The question is in {@code question} or {@code problem} (rendered by the
 * chat template) or {@code prompt} (taken as it stands), the right answer in {@code gold}, {@code
 * answer} or {@code solution}; of an answer that works its way to {@code ####}, as GSM8K's, what
 * follows is the right one.
 *
 * @param problems in the order of the file
 * @param read lines read
 * @param tooLong problems left out because their prompt is longer than the limit
 */
public record ProblemSet(List<Problem> problems, int read, int tooLong) {
  private static final String FINAL_ANSWER = "####";

  /**
   * Reads a file.
   *
   * @param maxPromptLength in tokens
   * @throws IllegalArgumentException naming the line that cannot be used, or if no problem is left
   */
  public static ProblemSet load(
      Path file, PromptEncoder encoder, PromptConfig config, int maxPromptLength)
      throws IOException {
    List<Problem> problems = new ArrayList<>();
    int read = 0;
    int tooLong = 0;
    try (JsonLines lines = JsonLines.open(file)) {
      for (JsonNode row = lines.next(); row != null; row = lines.next()) {
        Problem problem = problem(row, read, lines, encoder, config);
        read++;
        if (problem.prompt().ids().length > maxPromptLength) {
          tooLong++;
        } else {
          problems.add(problem);
        }
      }
    }
    ProblemSet set = new ProblemSet(List.copyOf(problems), read, tooLong);
    if (problems.isEmpty()) {
      throw new IllegalArgumentException(
          file + " holds no problem to work on: " + set.summary(maxPromptLength));
    }
    return set;
  }

  /** One sentence with the counts. */
  public String summary(int maxPromptLength) {
    return read
        + " problems read, "
        + problems.size()
        + " used, "
        + tooLong
        + " dropped because their prompt is longer than max_prompt_length "
        + maxPromptLength
        + " tokens";
  }

  private static Problem problem(
      JsonNode row, int index, JsonLines at, PromptEncoder encoder, PromptConfig config) {
    String question = text(row, "question", "problem");
    String asGiven = question == null ? text(row, "prompt") : null;
    String answer = text(row, "gold", "answer", "solution");
    if (question == null && asGiven == null || answer == null) {
      throw at.bad(
          "expected a question (question, problem or prompt) and its right answer (gold, answer or"
              + " solution) as texts, found the keys "
              + row.propertyStream().map(e -> e.getKey()).toList());
    }
    String id = text(row, "id", "unique_id");
    try {
      int[] ids =
          question == null
              ? encoder.text(asGiven)
              : encoder.question(config.systemPrompt(), question + config.promptSuffix());
      return new Problem(
          id == null ? "line " + at.line() : id,
          question == null ? asGiven : question,
          gold(answer),
          new Prompt(index, ids));
    } catch (IllegalArgumentException e) {
      throw at.bad(e.getMessage());
    }
  }

  private static String gold(String answer) {
    int mark = answer.lastIndexOf(FINAL_ANSWER);
    return (mark < 0 ? answer : answer.substring(mark + FINAL_ANSWER.length())).strip();
  }

  /** The first of the fields that holds a text or number. */
  private static String text(JsonNode row, String... fields) {
    for (String field : fields) {
      if (row.path(field).isTextual() || row.path(field).isNumber()) {
        return row.get(field).asText();
      }
    }
    return null;
  }
}
