package dev.terse.traces.segment;

/**
 * A completion taken apart: what the model thought and what it answered. {@link ThinkingRule} says
 * where thinking ends.
 *
 * <p>With marks that is the first {@code </think>}. An opening {@code <think>} with the line feed
 * after it is a mark, not a thought; many completions lack it because it stands in the prompt.
 *
 * @param start UTF-16 index of the completion where the thinking text begins
 * @param text the thinking text; all of the rest where the thinking never ended
 * @param answer the text after it (after {@code </think>}), as it is; empty where there is none
 * @param opened whether the completion itself begins with the mark {@code <think>}
 * @param closed whether the thinking ended
 * @param marked whether {@code </think>} ended it
 */
public record Thinking(
    int start, String text, String answer, boolean opened, boolean closed, boolean marked) {

  /** The mark that opens the thinking. */
  public static final String OPEN = "<think>";

  /** The mark that closes the thinking. */
  public static final String CLOSE = "</think>";

  private static final String CLOSING = "\n" + CLOSE + "\n\n";

  /** Takes {@code completion} apart at its marks; every text has a result. */
  static Thinking of(String completion) {
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
      return new Thinking(start, completion.substring(start), "", opened, false, false);
    }
    String answer = completion.substring(close + CLOSE.length());
    return new Thinking(start, completion.substring(start, close), answer, opened, true, true);
  }

  /** Takes {@code completion} apart at an index; below 0 the thinking never ends. */
  static Thinking before(String completion, int answer) {
    return answer < 0
        ? new Thinking(0, completion, "", false, false, false)
        : new Thinking(
            0, completion.substring(0, answer), completion.substring(answer), false, true, false);
  }

  /** UTF-16 index of the completion after the last character of the thinking text. */
  public int end() {
    return start + text.length();
  }

  /**
   * The completion with another thinking text. White space between thinking and answer is made
   * uniform (sources differ in it): {@code \n</think>\n\n} with marks, a blank line without, so
   * that the same rule finds the same answer.
   */
  public String with(String thinking) {
    return upToAnswer(thinking) + answer.strip();
  }

  /** What of {@link #with} stands before the answer; empty without marks and thinking. */
  public String upToAnswer(String thinking) {
    String chain = thinking.stripTrailing();
    if (marked) {
      return (opened ? OPEN + "\n" : "") + chain + closing();
    }
    return chain.isEmpty() ? "" : chain + closing();
  }

  /** What stands between a thinking text and the answer. */
  public String closing() {
    return marked ? CLOSING : "\n\n";
  }

  /**
   * The same thinking and answer with both marks, whether they stood there or not: {@code <think>\n
   * … \n</think>\n\n} and the answer (the form of R1).
   */
  public String withMarks() {
    return OPEN + "\n" + text.strip() + CLOSING + answer.strip();
  }
}
