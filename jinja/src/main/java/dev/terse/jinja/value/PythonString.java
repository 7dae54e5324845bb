package dev.terse.jinja.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** String operations with Python's meaning: code points, its blanks, its splitting. */
public final class PythonString {
  private PythonString() {}

  public static boolean isBlank(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
  }

  /**
   * @param chars the characters to take off, null for blanks
   */
  public static String strip(String s, String chars) {
    return lstrip(rstrip(s, chars), chars);
  }

  public static String lstrip(String s, String chars) {
    int i = 0;
    while (i < s.length() && strips(s.codePointAt(i), chars)) {
      i += Character.charCount(s.codePointAt(i));
    }
    return s.substring(i);
  }

  public static String rstrip(String s, String chars) {
    int i = s.length();
    while (i > 0 && strips(s.codePointBefore(i), chars)) {
      i -= Character.charCount(s.codePointBefore(i));
    }
    return s.substring(0, i);
  }

  private static boolean strips(int c, String chars) {
    return chars == null ? isBlank(c) : chars.indexOf(c) >= 0;
  }

  /**
   * str.split and str.rsplit.
   *
   * @param separator null for runs of blanks
   * @param most most cuts, negative for all
   * @param fromRight whether the cuts are counted from the right
   */
  public static List<Object> split(String s, String separator, long most, boolean fromRight) {
    List<Object> parts = separator == null ? words(s) : pieces(s, separator);
    if (most < 0 || parts.size() - 1 <= most) {
      return parts;
    }
    // Too many cuts: find again where the uncut rest lies.
    int cuts = (int) most;
    if (fromRight) {
      String rest = s;
      List<Object> kept = new ArrayList<>(parts.subList(parts.size() - cuts, parts.size()));
      for (int i = kept.size() - 1; i >= 0; i--) {
        rest = separator == null ? rstrip(rest, null) : rest;
        rest = rest.substring(0, rest.length() - ((String) kept.get(i)).length());
        rest = separator == null ? rest : rest.substring(0, rest.length() - separator.length());
      }
      kept.add(0, separator == null ? rstrip(rest, null) : rest);
      return kept;
    }
    String rest = s;
    List<Object> kept = new ArrayList<>(parts.subList(0, cuts));
    for (Object part : kept) {
      rest = separator == null ? lstrip(rest, null) : rest;
      rest = rest.substring(((String) part).length());
      rest = separator == null ? rest : rest.substring(separator.length());
    }
    kept.add(separator == null ? lstrip(rest, null) : rest);
    return kept;
  }

  private static List<Object> pieces(String s, String separator) {
    if (separator.isEmpty()) {
      throw new IllegalArgumentException("split needs a separator that is not empty");
    }
    List<Object> parts = new ArrayList<>();
    int from = 0;
    for (int i = s.indexOf(separator); i >= 0; i = s.indexOf(separator, from)) {
      parts.add(s.substring(from, i));
      from = i + separator.length();
    }
    parts.add(s.substring(from));
    return parts;
  }

  private static List<Object> words(String s) {
    List<Object> parts = new ArrayList<>();
    int begin = -1;
    for (int i = 0; i <= s.length(); i++) {
      boolean blank = i == s.length() || isBlank(s.charAt(i));
      if (blank && begin >= 0) {
        parts.add(s.substring(begin, i));
        begin = -1;
      } else if (!blank && begin < 0) {
        begin = i;
      }
    }
    return parts;
  }

  public static String capitalize(String s) {
    if (s.isEmpty()) {
      return s;
    }
    int first = s.offsetByCodePoints(0, 1);
    return s.substring(0, first).toUpperCase(Locale.ROOT)
        + s.substring(first).toLowerCase(Locale.ROOT);
  }

  /** str.title: a letter after a letter is small, any other letter is large. */
  public static String title(String s) {
    StringBuilder out = new StringBuilder();
    boolean inWord = false;
    for (int c : s.codePoints().toArray()) {
      boolean letter = Character.isLetter(c);
      out.appendCodePoint(
          !letter ? c : inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
      inWord = letter;
    }
    return out.toString();
  }

  /** Length in code points. */
  static long length(String s) {
    return s.codePointCount(0, s.length());
  }
}
