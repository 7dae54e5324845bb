package dev.terse.traces.segment;

/**
 * A completion taken apart at the first {@code </think>}: what the model thought and what it
 * answered. An opening {@code <think>} with the line feed after it is a mark, not a thought; many
 * completions lack it because it stands in the prompt.
 *
 * @param start UTF-16 index of the completion where the thinking text begins
 * @param text the thinking text; all of the rest where the thinking was never closed
 * @param answer the text after {@code </think>}, as it is; empty where there is none
 * @param opened whether the completion itself begins with {@code <think>}
 * @param closed whether {@code </think>} was found
 */
public record Thinking(int start, String text, String answer, boolean opened, boolean closed) {

  /** The mark that opens the thinking. */
  public static final String OPEN = "<think>";

  /** The mark that closes the thinking. */
  public static final String CLOSE = "</think>";

  /** Takes {@code completion} apart; every text has a result. */
  public static Thinking of(String completion) {
    int mark = 0;
    while (mark < completion.length() && Character.isWhitespace(completion.charAt(mark))) {
      mark++;
    }
    boolean opened = completion.startsWith(OPEN, mark);
    int start = opened ? mark + OPEN.length() : 0;
    if (opened && completion.startsWith("\n", start)) {
      start++;
    }
    int close = completion.indexOf(CLOSE, start);
    if (close < 0) {
      return new Thinking(start, completion.substring(start), "", opened, false);
    }
    String answer = completion.substring(close + CLOSE.length());
    return new Thinking(start, completion.substring(start, close), answer, opened, true);
  }

  /** UTF-16 index of the completion after the last character of the thinking text. */
  public int end() {
    return start + text.length();
  }
}
