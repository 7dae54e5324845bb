package dev.terse.answers.extract;

import java.util.Arrays;
import java.util.List;

/**
 * Where a text may be cut in two so that the second part reads by itself: at the beginning of a
 * line or a sentence, but neither within a formula or a block of code, nor after what announces the
 * next line (a colon, a heading).
 */
public final class SentenceStarts {
  private static final String FENCE = "```";

  private SentenceStarts() {}

  /**
   * UTF-16 indices in rising order, each of a character that is no white space; the first is where
   * the text begins. None for a blank text.
   */
  public static int[] in(String text) {
    int[] starts = new int[16];
    int count = 0;
    List<Formulas.Span> formulas = Formulas.in(text);
    int next = 0; // the first formula that does not end before the place
    boolean code = false;
    int lineStart = 0;
    boolean lineSays = false; // whether a letter stood before in this line
    boolean open = true; // whether a sentence ended since the last start
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        lineStart = i + 1;
        lineSays = false;
        open = true;
        continue;
      }
      if (Character.isWhitespace(c)) {
        continue;
      }
      boolean fence = text.startsWith(FENCE, i) && text.substring(lineStart, i).isBlank();
      if (open) {
        while (next < formulas.size() && formulas.get(next).end() <= i) {
          next++;
        }
        boolean formula = next < formulas.size() && formulas.get(next).start() < i;
        boolean listed = i > lineStart && !lineSays && !text.substring(lineStart, i).isBlank();
        boolean first = count == 0;
        if (first || !code && !formula && !listed && !isAnnounced(text, i)) {
          starts = count == starts.length ? Arrays.copyOf(starts, 2 * count) : starts;
          starts[count++] = i;
        }
        open = false;
      }
      code ^= fence;
      lineSays |= Character.isLetter(c);
      open |= Sentences.isEnd(text, i);
      i += fence ? FENCE.length() - 1 : 0;
    }
    return Arrays.copyOf(starts, count);
  }

  /** Whether what stands before {@code at} is a heading, or ends with a colon. */
  private static boolean isAnnounced(String text, int at) {
    int end = at;
    while (end > 0 && isLayout(text.charAt(end - 1))) {
      end--;
    }
    if (end == 0) {
      return true;
    }
    char last = text.charAt(end - 1);
    if (last == ':' || last == '：') {
      return true;
    }
    int line = text.lastIndexOf('\n', end - 1) + 1;
    int closing = text.indexOf('\n', end);
    if (closing < 0 || closing > at) {
      return false; // in the same line
    }
    String before = text.substring(line, closing).strip();
    boolean bold = before.startsWith("**") && before.indexOf("**", 2) == before.length() - 2;
    boolean heading = before.startsWith("#") && !Chars.hasDigit(before);
    return heading || bold && !Chars.hasDigit(before);
  }

  private static boolean isLayout(char c) {
    return Character.isWhitespace(c) || c == '*' || c == '_';
  }
}
