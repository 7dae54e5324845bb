package dev.terse.answers.extract;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Which part of a completion may hold the answer. */
public enum AnswerPolicy {
  /** Only what follows the last {@code </think>}; without the tag there is no answer. */
  STRICT,
  /** What follows the last {@code </think>}, or the whole text where there is none. */
  WHOLE_TEXT,
  /**
   * As the authors' code slices: from the first {@code </think>} on; without the tag Python's index
   * of -1 leaves the last character. Only to reproduce their rewards.
   */
  AUTHORS_CODE;

  private static final String THINK_END = "</think>";

  /** The names as configuration has them. */
  public static List<String> names() {
    return Arrays.stream(values()).map(p -> p.name().toLowerCase(Locale.ROOT)).toList();
  }

  /** The part of {@code completion} that may hold the answer; null if there is none. */
  public String answerPart(String completion) {
    int last = completion.lastIndexOf(THINK_END);
    return switch (this) {
      case STRICT -> last < 0 ? null : completion.substring(last + THINK_END.length());
      case WHOLE_TEXT -> last < 0 ? completion : completion.substring(last + THINK_END.length());
      case AUTHORS_CODE -> {
        int first = completion.indexOf(THINK_END);
        yield first < 0
            ? completion.substring(Math.max(0, completion.length() - 1))
            : completion.substring(first + THINK_END.length());
      }
    };
  }
}
