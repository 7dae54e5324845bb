package dev.terse.answers.extract;

import java.util.Set;

/**
 * Finds the last number that stands by itself, with its sign, currency, fraction and percent. A
 * Chinese, Japanese or Korean word may stand directly beside it.
 */
final class LastNumber {
  /** Units that are written without a space. */
  private static final Set<String> UNITS =
      Set.of("kg", "g", "cm", "mm", "km", "m", "ml", "l", "min", "h", "s", "ft", "mph", "lb", "oz");

  /**
   * A number in a text.
   *
   * @param text as written
   */
  record Number(String text, int start, int end) {}

  private LastNumber() {}

  /** The last number in {@code text}; null if there is none. */
  static Number in(String text) {
    int end = text.length();
    while (end > 0) {
      while (end > 0 && !Chars.isDigit(text.charAt(end - 1))) {
        end--;
      }
      if (end == 0) {
        return null;
      }
      int start = end;
      while (start > 0 && isNumberPart(text, start - 1)) {
        start--;
      }
      // A number glued to letters (x2, 3rd, abc12) is a name; one in √3 or 2^{3} is a part.
      boolean glued =
          start > 0
                  && (isLetter(text.charAt(start - 1))
                      || "√^_\\{".indexOf(text.charAt(start - 1)) >= 0)
              || isGluedAfter(text, end);
      if (!glued) {
        return withSurroundings(text, start, end);
      }
      end = start;
    }
    return null;
  }

  /** Whether {@code text} holds digits in one place only. */
  static boolean isOnly(String text) {
    int runs = 0;
    for (int i = 0; i < text.length(); i++) {
      boolean starts = Chars.isDigit(text.charAt(i)) && !(i > 0 && isNumberPart(text, i - 1));
      runs += starts ? 1 : 0;
    }
    return runs == 1;
  }

  private static boolean isGluedAfter(String text, int end) {
    if (end < text.length() && ("√^!π" + SentenceAnswer.NUMERALS).indexOf(text.charAt(end)) >= 0) {
      return true;
    }
    if (end + 1 < text.length() && text.charAt(end) == '\\' && isLetter(text.charAt(end + 1))) {
      return true; // 4\sqrt{3}
    }
    int to = end;
    while (to < text.length() && to - end < 4 && isLetter(text.charAt(to))) {
      to++;
    }
    return to > end && !UNITS.contains(text.substring(end, to));
  }

  private static Number withSurroundings(String text, int start, int end) {
    int from = start;
    while (from < end && !Chars.isDigit(text.charAt(from)) && text.charAt(from) != '.') {
      from++;
    }
    if (from > 0 && text.charAt(from - 1) == '$') {
      from--;
    }
    if (from > 0
        && (text.charAt(from - 1) == '-' || text.charAt(from - 1) == '\u2212')
        && (from == 1
            || !isLetter(text.charAt(from - 2)) && !Chars.isDigit(text.charAt(from - 2)))) {
      from--;
    }
    int to = end;
    if (text.startsWith("\\%", to)) {
      to += 2;
    } else if (text.startsWith("%", to)) {
      to++;
    }
    return new Number(text.substring(from, to), from, to);
  }

  /** Digits, and between two digits one of: point, comma, slash. */
  private static boolean isNumberPart(String text, int i) {
    char c = text.charAt(i);
    if (Chars.isDigit(c)) {
      return true;
    }
    boolean digitAfter = i + 1 < text.length() && Chars.isDigit(text.charAt(i + 1));
    if (c == '\u202f' || c == '\u2009') { // thin spaces between thousands
      return digitAfter && i > 0 && Chars.isDigit(text.charAt(i - 1));
    }
    if (c == '.') {
      return digitAfter;
    }
    return (c == ',' || c == '/') && digitAfter && i > 0 && Chars.isDigit(text.charAt(i - 1));
  }

  private static boolean isLetter(char c) {
    return Chars.isSpacedLetter(c) || c == '_';
  }
}
