package dev.terse.answers.extract;

/**
 * What the scanners ask of one character, in any script. No method changes the length of a text.
 */
final class Chars {
  private Chars() {}

  /**
   * Digits of every script, full-width letters and signs, and Arabic marks as ASCII has them.
   * Punctuation that ends sentences or clauses stays.
   */
  static String plain(String text) {
    char[] out = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char plain = c < 0x80 ? c : plain(c);
      if (plain != c) {
        out = out == null ? text.toCharArray() : out;
        out[i] = plain;
      }
    }
    return out == null ? text : new String(out);
  }

  private static char plain(char c) {
    if (Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER) {
      return (char) ('0' + Character.digit(c, 10));
    }
    if (c >= '！' && c <= '～') { // full width: 0xFEE0 above ASCII
      return "！，：；？".indexOf(c) >= 0 ? c : (char) (c - 0xFEE0);
    }
    return switch (c) {
      case '\u066b' -> '.'; // Arabic decimal separator
      case '\u066c' -> ','; // Arabic thousands separator
      case '\u066a' -> '%'; // Arabic percent sign
      case '\u00a0', '\u3000' -> ' ';
      default -> c;
    };
  }

  /** Lower case by character: the same length for every text, the same in every locale. */
  static String lower(String text) {
    char[] out = text.toCharArray();
    for (int i = 0; i < out.length; i++) {
      out[i] = Character.toLowerCase(out[i]);
    }
    return new String(out);
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** A letter of a script that puts spaces between words. */
  static boolean isSpacedLetter(char c) {
    return Character.isLetter(c) && !isUnspacedLetter(c);
  }

  /** Chinese, Japanese and Korean: a number stands directly beside a word. */
  static boolean isUnspacedLetter(char c) {
    boolean east = c >= '\u2e80' && (c <= '\ud7af' || c >= '\uf900' && c <= '\ufaff');
    boolean thai = c >= '\u0e00' && c <= '\u0e7f';
    return (east || thai) && Character.isLetter(c);
  }

  /** Whether {@code word} at {@code at} is no part of a longer word. */
  static boolean isWord(String text, int at, String word) {
    int end = at + word.length();
    boolean before = at > 0 && joined(text.charAt(at - 1), word.charAt(0));
    boolean after = end < text.length() && joined(word.charAt(word.length() - 1), text.charAt(end));
    return !before && !after;
  }

  private static boolean joined(char left, char right) {
    return isSpacedLetter(left) && isSpacedLetter(right);
  }

  /** The first place of {@code word} as a whole word; -1 if there is none. */
  static int indexOfWord(String text, String word, int from) {
    int at = text.indexOf(word, from);
    while (at >= 0 && !isWord(text, at, word)) {
      at = text.indexOf(word, at + 1);
    }
    return at;
  }

  static boolean hasLetter(String text) {
    return text.chars().anyMatch(Character::isLetter);
  }

  static boolean hasDigit(String text) {
    return text.chars().anyMatch(c -> c >= '0' && c <= '9');
  }
}
