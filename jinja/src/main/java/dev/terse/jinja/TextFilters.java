package dev.terse.jinja;

import dev.terse.jinja.value.Callable.Arguments;
import dev.terse.jinja.value.PythonString;
import dev.terse.jinja.value.SafeText;
import dev.terse.jinja.value.Values;
import dev.terse.jinja.value.Work;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The filters that make a text of a text, as Jinja2 3.1 does. */
final class TextFilters {
  private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

  private TextFilters() {}

  /** A word begins after a blank, {@code -} or an opening bracket; unlike Python's own title(). */
  static String title(String s) {
    StringBuilder out = new StringBuilder();
    int from = 0;
    while (from < s.length()) {
      int end = from;
      boolean between = isBetween(s.codePointAt(from));
      while (end < s.length() && isBetween(s.codePointAt(end)) == between) {
        end += Character.charCount(s.codePointAt(end));
      }
      int second = s.offsetByCodePoints(from, 1);
      out.append(s.substring(from, second).toUpperCase(Locale.ROOT));
      out.append(s.substring(second, end).toLowerCase(Locale.ROOT));
      from = end;
    }
    return out.toString();
  }

  private static boolean isBetween(int c) {
    return "-({[<".indexOf(c) >= 0 || PythonString.isBlank(c);
  }

  static Object replace(Frame frame, Object value, Arguments a) {
    Work work = frame.work();
    Object count = a.get(2, "count", null);
    return PythonString.replace(
        Values.text(value, work),
        Values.text(a.get(0, "old", null), work),
        Values.text(a.get(1, "new", null), work),
        count == null ? -1 : Values.integer(count),
        work);
  }

  static Object indent(Frame frame, Object value, Arguments a) {
    String text = string(value, "indent");
    Object width = a.get(0, "width", 4L);
    String blanks =
        width instanceof String s ? s : (String) Operators.apply(frame, "*", " ", width);
    boolean blankToo = a.truth(2, "blank");
    List<Object> lines = PythonString.lines(text + "\n", false);
    StringBuilder out = new StringBuilder(a.truth(1, "first") ? blanks : "");
    for (int i = 0; i < lines.size(); i++) {
      String line = (String) lines.get(i);
      if (i > 0) {
        out.append('\n');
        if (blankToo || !line.isEmpty()) {
          frame.work().spend(blanks.length());
          out.append(blanks);
        }
      }
      out.append(line);
    }
    return frame.work().on(out.toString());
  }

  private static String string(Object value, String filter) {
    if (value instanceof String s) {
      return s;
    }
    if (value instanceof SafeText markup) {
      return markup.text();
    }
    throw new IllegalArgumentException(
        "filter '" + filter + "' needs a string, found " + Values.kind(value));
  }

  /** Python puts the odd blank before the text where the width is odd, else after it. */
  static Object center(Frame frame, Object value, Arguments a) {
    return centered(frame, Values.text(value, frame.work()), a.integer(0, "width", 80), " ");
  }

  static String centered(Frame frame, String text, long width, String fill) {
    long missing = width - PythonString.length(text);
    if (missing <= 0) {
      return text;
    }
    long before = missing / 2 + (missing & width & 1);
    String left = (String) Operators.apply(frame, "*", fill, before);
    String right = (String) Operators.apply(frame, "*", fill, missing - before);
    return left + text + right;
  }

  static Object truncate(Frame frame, Object value, Arguments a) {
    String text = string(value, "truncate");
    long length = a.integer(0, "length", 255);
    String end = a.text(2, "end", "...");
    Object leeway = a.get(3, "leeway", null);
    long allowed = leeway == null ? 5 : Values.integer(leeway);
    long kept = length - PythonString.length(end);
    if (kept < 0 || allowed < 0) {
      throw new IllegalArgumentException(
          "filter 'truncate' needs a length of at least that of '" + end + "', was " + length);
    }
    if (PythonString.length(text) <= length + allowed) {
      return text;
    }
    String cut = text.substring(0, text.offsetByCodePoints(0, (int) kept));
    int blank = a.truth(1, "killwords") ? -1 : cut.lastIndexOf(' ');
    return frame.work().on((blank < 0 ? cut : cut.substring(0, blank)) + end);
  }

  static long words(String text) {
    long count = 0;
    for (Matcher word = WORD.matcher(text); word.find(); ) {
      count++;
    }
    return count;
  }
}
