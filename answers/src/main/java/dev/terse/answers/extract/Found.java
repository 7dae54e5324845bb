package dev.terse.answers.extract;

/**
 * An answer found in a text.
 *
 * @param text the answer as written, trimmed
 * @param source how it was found
 */
public record Found(String text, Source source) {

  /** How an answer was found, surest first. */
  public enum Source {
    BOXED("\\boxed"),
    HASHES("####"),
    PHRASE("an answer phrase"),
    WHOLE("the whole text"),
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
