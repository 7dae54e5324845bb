package dev.terse.answers.extract;

import java.util.List;

/**
 * An answer found in a text, or why there is none.
 *
 * @param texts the answer as written; then, where the same words can be taken in another way,
 *     these: the whole of a chain whose exact value stands first, a number with a decimal comma.
 *     Empty if no answer was found
 * @param source the evidence; null if no answer was found
 * @param rule what was found how, in words for people; or why there is no answer
 */
public record Found(List<String> texts, Source source, String rule) {
  private static final String ABSENT = "no answer is marked";

  public Found {
    texts = List.copyOf(texts);
  }

  static Found none(String why) {
    return new Found(List.of(), null, why);
  }

  /** Where a text marks no answer at all, neither rightly nor in vain. */
  static Found absent() {
    return none(ABSENT);
  }

  /** Whether the text marks no answer at all. */
  public boolean isAbsent() {
    return isNone() && rule.equals(ABSENT);
  }

  /** The answer as written, trimmed; empty if there is none. */
  public String text() {
    return texts.isEmpty() ? "" : texts.get(0);
  }

  /** Whether no answer was found. */
  public boolean isNone() {
    return texts.isEmpty();
  }

  /** Whether the text does not say that this is its answer. */
  public boolean isUnmarked() {
    return !isNone() && source.compareTo(Source.WHOLE) > 0;
  }

  /** What an answer is told by, surest first. */
  public enum Source {
    TAGS("<answer>"),
    BOXED("\\boxed"),
    HASHES("####"),
    PHRASE("an answer phrase"),
    /** The text is the answer and nothing else. */
    WHOLE("the whole text"),
    CHOICE("the choice that the text names"),
    BOLD("the bold part of the last line"),
    MATH_SPAN("the last formula"),
    LAST_NUMBER("the last number");

    private final String words;

    Source(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }
}
