package dev.terse.io;

/** Foreign text in an error sentence. */
public final class Quote {
  private static final int MOST_CHARS = 80;

  private Quote() {}

  /** At most 80 characters of what was found. */
  public static String cut(String text) {
    return text.length() <= MOST_CHARS ? text : text.substring(0, MOST_CHARS) + "…";
  }

  /** The value as text, cut, in single quotes. */
  public static String of(Object value) {
    return "'" + cut(String.valueOf(value)) + "'";
  }
}
