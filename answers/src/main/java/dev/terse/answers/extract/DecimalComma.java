package dev.terse.answers.extract;

/** Numbers with a decimal comma, in texts of languages that write so. */
final class DecimalComma {
  private DecimalComma() {}

  /**
   * A number with a point instead of its decimal comma; null if the language does not write so or
   * the text is no such number. Three digits after the comma may be thousands and are left.
   */
  static String asPoint(String text, Language language) {
    int comma = text.indexOf(',');
    if (comma < 0 || language == null || !language.hasDecimalComma()) {
      return null;
    }
    int start = comma;
    while (start > 0 && (Chars.isDigit(text.charAt(start - 1)) || text.charAt(start - 1) == '.')) {
      start--;
    }
    int end = comma + 1;
    while (end < text.length() && Chars.isDigit(text.charAt(end))) {
      end++;
    }
    boolean decimals = end > comma + 1 && end != comma + 4 && start < comma;
    boolean alone =
        !Chars.hasDigit(text.substring(0, start)) && !Chars.hasDigit(text.substring(end));
    if (!decimals || !alone || text.indexOf(',', end) >= 0) {
      return null;
    }
    String whole = text.substring(start, comma).replace(".", "");
    return text.substring(0, start) + whole + "." + text.substring(comma + 1);
  }
}
