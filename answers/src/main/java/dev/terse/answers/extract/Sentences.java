package dev.terse.answers.extract;

import java.util.ArrayList;
import java.util.Set;

/** Where sentences, lines and clauses end. */
final class Sentences {
  /** Words whose full stop ends no sentence. */
  private static final Set<String> ABBREVIATIONS =
      Set.of("approx", "ca", "fig", "eq", "vs", "resp");

  /** Longest formula that a phrase announces. */
  private static final int MAX_FORMULA = 1500;

  private Sentences() {}

  /**
   * The end of the sentence that begins at {@code from}: a full stop outside brackets, or the
   * line's end.
   */
  static int end(String text, int from) {
    int depth = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        return i;
      } else if ("([{（".indexOf(c) >= 0) {
        depth++;
      } else if (")]}）".indexOf(c) >= 0) {
        depth = Math.max(0, depth - 1);
      } else if (depth == 0 && isEnd(text, i)) {
        return i;
      }
    }
    return text.length();
  }

  /** Whether a sentence ends with the character at {@code i}. */
  static boolean isEnd(String text, int i) {
    char c = text.charAt(i);
    if ("。！？；".indexOf(c) >= 0) {
      return true;
    }
    boolean last = i + 1 == text.length() || Character.isWhitespace(text.charAt(i + 1));
    return last
        && (c == '.' && !isAbbreviation(text, i)
            || c == '!'
            || c == '?'
            || c == ';' && isClause(text, i + 1));
  }

  /** Whether words go on, and not a list "12; 13". */
  private static boolean isClause(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) == ' ') {
      i++;
    }
    return i + 1 < text.length()
        && Character.isLetter(text.charAt(i))
        && Character.isLetter(text.charAt(i + 1));
  }

  private static boolean isAbbreviation(String text, int stop) {
    int start = stop;
    while (start > 0 && stop - start < 8 && Character.isLetter(text.charAt(start - 1))) {
      start--;
    }
    return ABBREVIATIONS.contains(Chars.lower(text.substring(start, stop)));
  }

  /** The last line that says something: not blank, nor the sign that ends a proof. */
  static String lastLine(String text) {
    int end = text.length();
    while (end > 0
        && (Character.isWhitespace(text.charAt(end - 1))
            || "□■∎".indexOf(text.charAt(end - 1)) >= 0)) {
      end--;
    }
    return text.substring(text.lastIndexOf('\n', end - 1) + 1, end);
  }

  /** Whether only layout stands between {@code from} and the next line. */
  static boolean beginsLine(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) != '\n' && isDecoration(text.charAt(i))) {
      i++;
    }
    return i < text.length() && text.charAt(i) == '\n';
  }

  /** Where the sentence that holds {@code at} begins. */
  static int start(String text, int at) {
    int i = at;
    while (i > 0 && text.charAt(i - 1) != '\n' && !isEnd(text, i - 1)) {
      i--;
    }
    return i;
  }

  /** Without marks of layout around it: white space, stars, colons, a full stop. */
  static String trimmed(String s) {
    int start = 0;
    int end = s.length();
    while (start < end && isDecoration(s.charAt(start))) {
      start++;
    }
    while (end > start && (isDecoration(s.charAt(end - 1)) || isStop(s, end - 1))) {
      end--;
    }
    return s.substring(start, end);
  }

  /** A mark that ends a sentence: not a factorial, nor the space {@code \\;}, nor an ellipsis. */
  private static boolean isStop(String s, int i) {
    char before = i > 0 ? s.charAt(i - 1) : ' ';
    boolean factorial = s.charAt(i) == '!' && isFactorial(s, i - 1);
    return "。，,.!！；;".indexOf(s.charAt(i)) >= 0
        && before != '\\'
        && !factorial
        && !s.endsWith("...");
  }

  /** Whether a number, a bracket or a single letter ends at {@code i}: n! is no exclamation. */
  private static boolean isFactorial(String s, int i) {
    if (i < 0) {
      return false;
    }
    char c = s.charAt(i);
    boolean word = i > 0 && Character.isLetter(c) && Character.isLetter(s.charAt(i - 1));
    return Chars.isDigit(c) || c == ')' || c == '}' || Character.isLetter(c) && !word;
  }

  static boolean isDecoration(char c) {
    return Character.isWhitespace(c) || c == '*' || c == ':' || c == '_' || c == '：' || c == '#';
  }

  /** The first line from {@code from} on that is not blank, trimmed. */
  static String firstLine(String text, int from) {
    int start = from;
    while (start < text.length() && Character.isWhitespace(text.charAt(start))) {
      start++;
    }
    int end = text.indexOf('\n', start);
    return text.substring(start, end < 0 ? text.length() : end).strip();
  }

  /**
   * What a phrase that ends at {@code from} announces: up to the end of the sentence or to the
   * reasons it gives; a formula is not cut.
   */
  static String announced(String text, int from) {
    String listed = bullets(text, from);
    if (listed != null) {
      return listed;
    }
    int start = from;
    while (start < text.length() && isDecoration(text.charAt(start)) && !isBold(text, start)) {
      start++;
    }
    String rest = text.substring(start);
    int formulaEnd = 0;
    if (rest.startsWith("$") || rest.startsWith("\\(") || rest.startsWith("\\[")) {
      var spans = Formulas.in(rest.substring(0, Math.min(rest.length(), MAX_FORMULA)));
      formulaEnd = spans.isEmpty() || spans.get(0).start() > 0 ? 0 : spans.get(0).end();
    }
    String tail = rest.substring(formulaEnd, end(rest, formulaEnd));
    int reasons = Language.explanation(" " + Chars.lower(tail)) - 1;
    String cut = tail.substring(0, Math.max(0, Math.min(reasons, tail.length())));
    return (rest.substring(0, formulaEnd) + cut).strip();
  }

  /** The points of a list that begins on the next line, with commas; null if there is none. */
  private static String bullets(String text, int from) {
    int i = from;
    while (i < text.length() && isDecoration(text.charAt(i)) && text.charAt(i) != '\n') {
      i++;
    }
    var points = new ArrayList<String>();
    while (i < text.length() && text.charAt(i) == '\n') {
      int end = text.indexOf('\n', i + 1);
      String line = text.substring(i + 1, end < 0 ? text.length() : end).strip();
      if (line.startsWith("- ") || line.startsWith("* ") || line.startsWith("• ")) {
        points.add(trimmed(line.substring(2)));
      } else if (!line.isEmpty() || !points.isEmpty()) {
        break;
      }
      i = end < 0 ? text.length() : end;
    }
    return points.isEmpty() ? null : String.join(", ", points);
  }

  private static boolean isBold(String text, int at) {
    return text.startsWith("**", at)
        && at + 2 < text.length()
        && !Character.isWhitespace(text.charAt(at + 2))
        && text.indexOf("**", at + 2) > 0;
  }
}
