package dev.terse.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.answers.AnswerCheck;
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
 * @param unread ids of the problems whose right answer is not understood: only the same text is
 *     right
 */
public record ProblemSet(List<Problem> problems, int read, int tooLong, List<String> unread) {
  private static final String FINAL_ANSWER = "####";

  /** Ids that a summary names. */
  private static final int NAMED = 5;

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
    List<String> unread = new ArrayList<>();
    try (JsonLines lines = JsonLines.open(file)) {
      for (JsonNode row = lines.next(); row != null; row = lines.next()) {
        Problem problem = problem(row, read, lines, encoder, config);
        read++;
        if (!AnswerCheck.understands(problem.gold())) {
          unread.add(problem.id());
        }
        if (problem.prompt().ids().length > maxPromptLength) {
          tooLong++;
        } else {
          problems.add(problem);
        }
      }
    }
    ProblemSet set = new ProblemSet(List.copyOf(problems), read, tooLong, List.copyOf(unread));
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
        + " tokens"
        + (unread.isEmpty() ? "" : "; " + unreadGolds(unread));
  }

  /** How many right answers are not understood, and the first of them. */
  public static String unreadGolds(List<String> ids) {
    return ids.size()
        + " right answers are not understood, so that only the same text counts: "
        + String.join(", ", ids.subList(0, Math.min(NAMED, ids.size())))
        + (ids.size() > NAMED ? ", ..." : "");
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

  /** The first of the fields that holds a text or number, and not a blank one if another does. */
  private static String text(JsonNode row, String... fields) {
    String blank = null;
    for (String field : fields) {
      if (row.path(field).isTextual() || row.path(field).isNumber()) {
        String text = row.get(field).asText();
        if (!text.isBlank()) {
          return text;
        }
        blank = text;
      }
    }
    return blank;
  }
}
