package dev.terse.trainer.data;

import dev.terse.answers.AnswerCheck;
import dev.terse.io.rows.RowSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Problems of a file, as {@link ProblemReader} reads them.
 *
 * @param problems in the order of the file
 * @param read rows read
 * @param tooLong problems left out because their prompt is longer than the limit
 * @param unread ids of the problems whose right answer is not understood: only the same text is
 *     right
 */
public record ProblemSet(List<Problem> problems, int read, int tooLong, List<String> unread) {
  /** Ids that a summary names. */
  private static final int NAMED = 5;

  /** Whether every row must have a right answer. */
  public enum Answers {
    REQUIRED,
    OPTIONAL
  }

  /** As below; every row must have its right answer. */
  public static ProblemSet load(
      Path file, PromptEncoder encoder, PromptConfig config, int maxPromptLength)
      throws IOException {
    return load(RowSource.of(List.of(file)), encoder, config, maxPromptLength, Answers.REQUIRED);
  }

  /**
   * Reads rows.
   *
   * @param maxPromptLength in tokens
   * @throws IllegalArgumentException naming the row that cannot be used, or if not even half of the
   *     problems are left
   */
  public static ProblemSet load(
      RowSource source,
      PromptEncoder encoder,
      PromptConfig config,
      int maxPromptLength,
      Answers answers)
      throws IOException {
    List<Problem> problems = new ArrayList<>();
    int read = 0;
    List<String> unread = new ArrayList<>();
    try (ProblemReader rows = new ProblemReader(source, encoder, config, answers)) {
      for (Problem problem = rows.next(); problem != null; problem = rows.next()) {
        read++;
        if (!isUnderstood(problem)) {
          unread.add(problem.id());
        }
        if (problem.prompt().ids().length <= maxPromptLength) {
          problems.add(problem);
        }
      }
    }
    int tooLong = read - problems.size();
    ProblemSet set = new ProblemSet(List.copyOf(problems), read, tooLong, List.copyOf(unread));
    set.requireMost(source.name(), maxPromptLength);
    return set;
  }

  /** Whether the right answer, where there is one, means something to the checker. */
  public static boolean isUnderstood(Problem problem) {
    return problem.gold() == null || AnswerCheck.understands(problem.gold());
  }

  /**
   * Refuses a data set of which not even half is left.
   *
   * @param name of the data set
   * @param maxPromptLength in tokens
   */
  public void requireMost(String name, int maxPromptLength) {
    if (tooLong < read && 2 * tooLong <= read) {
      return;
    }
    throw new IllegalArgumentException(
        name
            + (tooLong == read
                ? " holds no problem to work on: "
                : " would lose most of its problems: ")
            + summary(maxPromptLength)
            + (tooLong == 0
                ? ""
                : "; raise max_prompt_length, or lower max_completion_length where the model has"
                    + " no more positions"));
  }

  /** Whether so many problems are lost that a user must be warned: more than 1 %. */
  public boolean losesRows() {
    return 100 * tooLong > read;
  }

  /** One sentence with the counts. */
  public String summary(int maxPromptLength) {
    return read
        + " problems read, "
        + (read - tooLong)
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
}
