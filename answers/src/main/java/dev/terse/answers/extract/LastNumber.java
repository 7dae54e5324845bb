package dev.terse.answers.extract;

/** Finds the last number that stands by itself, with its sign, currency, fraction and percent. */
final class LastNumber {
  private LastNumber() {}

  /** The last number in {@code text} as written; null if there is none. */
  static String in(String text) {
    int end = text.length();
    while (end > 0) {
      while (end > 0 && !isDigit(text.charAt(end - 1))) {
        end--;
      }
      if (end == 0) {
        return null;
      }
      int start = end;
      while (start > 0 && isNumberPart(text, start - 1)) {
        start--;
      }
      // A number glued to letters (x2, 3rd, abc12) is a name.
      boolean glued =
          start > 0 && isLetter(text.charAt(start - 1))
              || end < text.length() && isLetter(text.charAt(end));
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
      boolean starts = isDigit(text.charAt(i)) && !(i > 0 && isNumberPart(text, i - 1));
      runs += starts ? 1 : 0;
    }
    return runs == 1;
  }

  private static String withSurroundings(String text, int start, int end) {
    int from = start;
    while (from < end && !isDigit(text.charAt(from)) && text.charAt(from) != '.') {
      from++;
    }
    if (from > 0 && text.charAt(from - 1) == '$') {
      from--;
    }
    if (from > 0
        && (text.charAt(from - 1) == '-' || text.charAt(from - 1) == '\u2212')
        && (from == 1 || !isLetter(text.charAt(from - 2)) && !isDigit(text.charAt(from - 2)))) {
      from--;
    }
    int to = end;
    if (text.startsWith("\\%", to)) {
      to += 2;
    } else if (text.startsWith("%", to)) {
      to++;
    }
    return text.substring(from, to);
  }

  /** Digits, and between two digits one of: point, comma, slash. */
  private static boolean isNumberPart(String text, int i) {
    char c = text.charAt(i);
    if (isDigit(c)) {
      return true;
    }
    boolean digitAfter = i + 1 < text.length() && isDigit(text.charAt(i + 1));
    if (c == '.') {
      return digitAfter;
    }
    return (c == ',' || c == '/') && digitAfter && i > 0 && isDigit(text.charAt(i - 1));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return Character.isLetter(c) || c == '_';
  }
}
