package dev.terse.jinja.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

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

  /** str.splitlines: at every end of a line that Unicode knows, not only at {@code \\n}. */
  public static List<Object> lines(String s, boolean keepEnds) {
    List<Object> lines = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if ("\n\r\u000B\f\u001C\u001D\u001E\u0085\u2028\u2029".indexOf(c) < 0) {
        continue;
      }
      int end = i;
      if (c == '\r' && i + 1 < s.length() && s.charAt(i + 1) == '\n') {
        i++;
      }
      lines.add(s.substring(from, keepEnds ? i + 1 : end));
      from = i + 1;
    }
    if (from < s.length()) {
      lines.add(s.substring(from));
    }
    return lines;
  }

  /**
   * str.replace; an empty {@code old} stands before every character and at the end.
   *
   * @param most most replacements, negative for all
   */
  public static String replace(String s, String old, String by, long most, Work work) {
    StringBuilder out = new StringBuilder();
    int from = 0;
    long left = most < 0 ? Long.MAX_VALUE : most;
    if (old.isEmpty()) {
      for (; left > 0; left--) {
        out.append(by);
        work.spend(by.length() + 1L);
        if (from == s.length()) {
          return out.toString();
        }
        int next = from + Character.charCount(s.codePointAt(from));
        out.append(s, from, next);
        from = next;
      }
      return work.on(out.append(s, from, s.length()).toString());
    }
    for (int i = s.indexOf(old); i >= 0 && left > 0; i = s.indexOf(old, from), left--) {
      work.spend(i - from + (long) by.length());
      out.append(s, from, i).append(by);
      from = i + old.length();
    }
    return work.on(out.append(s, from, s.length()).toString());
  }

  public static String capitalize(String s) {
    if (s.isEmpty()) {
      return s;
    }
    return titleCase(s.codePointAt(0)) + lowerAfterFirst(s);
  }

  /** str.title: a cased letter after one is small, any other is large. */
  public static String title(String s) {
    StringBuilder out = new StringBuilder();
    for (int from = 0; from < s.length(); ) {
      int end = from;
      do {
        end += Character.charCount(s.codePointAt(end));
      } while (end < s.length() && isCased(s.codePointBefore(end)) && isCased(s.codePointAt(end)));
      out.append(capitalize(s.substring(from, end)));
      from = end;
    }
    return out.toString();
  }

  /** In small letters what follows the first, which decides how a last sigma is written. */
  private static String lowerAfterFirst(String word) {
    int first = Character.toString(word.codePointAt(0)).toLowerCase(Locale.ROOT).length();
    return word.toLowerCase(Locale.ROOT).substring(first);
  }

  /** A letter's title case, which may be several letters: {@code ß} gives {@code Ss}. */
  private static String titleCase(int c) {
    int title = Character.toTitleCase(c);
    if (title != c) {
      return Character.toString(title);
    }
    String upper = Character.toString(c).toUpperCase(Locale.ROOT);
    int first = upper.offsetByCodePoints(0, 1);
    return upper.substring(0, first) + upper.substring(first).toLowerCase(Locale.ROOT);
  }

  public static boolean isCased(int c) {
    return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
  }

  public static boolean isDigit(int c) {
    int value = Character.getNumericValue(c);
    return Character.isDigit(c)
        || Character.getType(c) == Character.OTHER_NUMBER && value >= 0 && value < 10;
  }

  /** Whether all cased letters pass the test, and there is one. */
  public static boolean allCased(String s, IntPredicate test) {
    return s.codePoints().anyMatch(PythonString::isCased)
        && s.codePoints().filter(PythonString::isCased).allMatch(test);
  }

  /** repr(str), appended to {@code out}. */
  static void quote(String s, StringBuilder out) {
    char quote = s.indexOf('\'') >= 0 && s.indexOf('"') < 0 ? '"' : '\'';
    out.append(quote);
    s.codePoints().forEach(c -> quoted(c, quote, out));
    out.append(quote);
  }

  private static void quoted(int c, char quote, StringBuilder out) {
    switch (c) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\\' -> out.append("\\\\");
      default -> {
        if (c == quote) {
          out.append('\\').append(quote);
        } else if (isPrintable(c)) {
          out.appendCodePoint(c);
        } else {
          String form = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
          out.append(String.format(Locale.ROOT, form, c));
        }
      }
    }
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  /** Length in code points. */
  public static long length(String s) {
    return s.codePointCount(0, s.length());
  }
}
