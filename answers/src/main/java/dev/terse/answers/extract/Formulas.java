package dev.terse.answers.extract;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds {@code $...$}, {@code $$...$$}, {@code \(...\)} and {@code \[...\]}. Money is told from
 * formulas as pandoc does it: a formula does not begin or end with a space, nor is it followed by a
 * digit; and it does not cross bold marks or a blank line.
 */
final class Formulas {
  /** Longest formula between dollar signs; keeps the search linear. */
  private static final int MAX_SPAN = 1000;

  /**
   * A formula in a text.
   *
   * @param content between the delimiters, trimmed
   * @param start of the opening delimiter
   * @param end after the closing delimiter
   */
  record Span(String content, int start, int end) {}

  private Formulas() {}

  /** All formulas of a text, in order. */
  static List<Span> in(String text) {
    var spans = new ArrayList<Span>();
    int open = -1; // where the content of an open dollar span begins
    int opening = 0; // where its delimiter begins
    int paren = -1; // the same for \( and \[
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        char d = text.charAt(++i);
        if (d == '(' || d == '[') {
          paren = i + 1;
        } else if ((d == ')' || d == ']') && paren >= 0) {
          add(spans, text, paren, i - 1, paren - 2, i + 1);
          paren = -1;
        }
      } else if (c == '$') {
        int run = i;
        while (i + 1 < text.length() && text.charAt(i + 1) == '$') {
          i++;
        }
        if (open >= 0 && run - open <= MAX_SPAN && isFormula(text, open, run, i + 1)) {
          add(spans, text, open, run, opening, i + 1);
          open = -1;
        } else {
          opening = run;
          open = i + 1;
        }
      }
    }
    boolean dollar = open >= 0 && text.length() - open <= MAX_SPAN;
    int last = Math.max(paren, dollar ? open : -1);
    if (last >= 0 && isOpenFormula(text.substring(last))) {
      add(spans, text, last, text.length(), last == paren ? paren - 2 : opening, text.length());
    }
    return spans;
  }

  /** Whether a text that ends before its closing delimiter is one formula all the same. */
  private static boolean isOpenFormula(String rest) {
    int round = 0;
    int braces = 0;
    for (int i = 0; i < rest.length(); i++) {
      char c = rest.charAt(i);
      round += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
      braces += c == '{' ? 1 : c == '}' ? -1 : 0;
    }
    boolean balanced = round == 0 && (braces == 0 || braces == 1);
    return balanced && rest.indexOf('\\') >= 0 && rest.indexOf('\n') < 0 && !rest.contains("**");
  }

  private static void add(List<Span> spans, String text, int from, int to, int start, int end) {
    String content = text.substring(from, to).strip();
    if (!content.isEmpty()) {
      spans.add(new Span(content, start, end));
    }
  }

  private static boolean isFormula(String text, int open, int close, int after) {
    boolean doubled = after - close > 1;
    String content = text.substring(open, close);
    if (content.isBlank() || content.contains("**") || content.contains("\n\n")) {
      return false;
    }
    boolean spaced =
        Character.isWhitespace(content.charAt(0))
            || Character.isWhitespace(content.charAt(content.length() - 1));
    boolean digitAfter = after < text.length() && Chars.isDigit(text.charAt(after));
    return doubled || !digitAfter && !(spaced && content.contains(" ") && hasWords(content));
  }

  /** Whether prose stands between two dollar signs. */
  private static boolean hasWords(String content) {
    int letters = 0;
    for (int i = 0; i < content.length(); i++) {
      letters = Character.isLetter(content.charAt(i)) ? letters + 1 : 0;
      if (content.charAt(i) == '\\') {
        return false;
      }
      if (letters > 3) {
        return true;
      }
    }
    return false;
  }

  /** Whether a formula may be a value: it is more than one name. */
  static boolean isValue(String formula) {
    int letters = 0;
    for (int i = 0; i < formula.length(); i++) {
      char c = formula.charAt(i);
      if (Chars.isDigit(c) || c == '=' || c == '\\') {
        return true;
      }
      letters += Character.isLetter(c) ? 1 : 0;
    }
    return letters != 1;
  }
}
