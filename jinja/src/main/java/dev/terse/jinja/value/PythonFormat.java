package dev.terse.jinja.value;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;

/** Python's {@code text % values} and {@code text.format(values)}, as far as templates use them. */
public final class PythonFormat {
  private static final int MAX_WIDTH = 10_000;

  private final String format;
  private final Work work;
  private final StringBuilder out = new StringBuilder();
  private int at;

  private PythonFormat(String format, Work work) {
    this.format = format;
    this.work = work;
  }

  /** {@code format % values}: one value, a tuple of them, or a mapping for {@code %(name)s}. */
  public static String percent(String format, Object values, Work work) {
    PythonFormat run = new PythonFormat(format, work);
    run.percent(values);
    return work.on(run.out.toString());
  }

  private void percent(Object values) {
    Object[] given = values instanceof Tuple tuple ? tuple.toArray() : new Object[] {values};
    int used = 0;
    while (at < format.length()) {
      char c = format.charAt(at++);
      if (c != '%') {
        out.append(c);
        continue;
      }
      String name = name();
      String flags = taken("-+ 0#");
      String width = taken("0123456789");
      boolean dot = at < format.length() && format.charAt(at) == '.';
      at += dot ? 1 : 0;
      String precision = dot ? taken("0123456789") : null;
      if (at >= format.length()) {
        throw new IllegalArgumentException("the format '" + format + "' ends in a '%'");
      }
      char kind = format.charAt(at++);
      if (kind == '%') {
        out.append('%');
        continue;
      }
      if (name == null && used >= given.length) {
        throw new IllegalArgumentException("the format '" + format + "' wants more values");
      }
      Object value = name == null ? given[used++] : named(values, name);
      pad(shown(kind, value, precision), flags, number(width, 0), kind);
    }
    if (used < given.length && !(values instanceof Map)) {
      throw new IllegalArgumentException("the format '" + format + "' wants fewer values");
    }
  }

  private String name() {
    if (at >= format.length() || format.charAt(at) != '(') {
      return null;
    }
    int end = format.indexOf(')', at);
    if (end < 0) {
      throw new IllegalArgumentException("the format '" + format + "' has a '(' without end");
    }
    String name = format.substring(at + 1, end);
    at = end + 1;
    return name;
  }

  private static Object named(Object values, String name) {
    if (!(values instanceof Map<?, ?> map) || !map.containsKey(name)) {
      throw new IllegalArgumentException("there is no value '" + name + "' for the format");
    }
    return map.get(name);
  }

  private String taken(String chars) {
    int begin = at;
    while (at < format.length() && chars.indexOf(format.charAt(at)) >= 0) {
      at++;
    }
    return format.substring(begin, at);
  }

  private static int number(String digits, int otherwise) {
    int value =
        digits == null
            ? otherwise
            : digits.isEmpty() ? 0 : digits.length() > 5 ? MAX_WIDTH + 1 : Integer.parseInt(digits);
    if (value > MAX_WIDTH) {
      throw new IllegalArgumentException("a width in a format is at most " + MAX_WIDTH);
    }
    return value;
  }

  private String shown(char kind, Object value, String precision) {
    return switch (kind) {
      case 's' -> cut(Values.text(value, work), precision);
      case 'r' -> cut(Values.repr(value, work), precision);
      case 'd', 'i', 'u' ->
          Long.toString(
              Values.isInteger(value)
                  ? Values.integer(value)
                  : PythonNumber.truncated(Values.number(value)));
      case 'x' -> Long.toString(Values.integer(value), 16);
      case 'X' -> Long.toString(Values.integer(value), 16).toUpperCase(Locale.ROOT);
      case 'o' -> Long.toString(Values.integer(value), 8);
      case 'f', 'F' -> fixed(Values.number(value), number(precision, 6));
      default -> throw new IllegalArgumentException("a format's '%" + kind + "' is not supported");
    };
  }

  private static String cut(String text, String precision) {
    return precision == null
        ? text
        : text.substring(
            0,
            text.offsetByCodePoints(
                0, Math.min(number(precision, 0), (int) PythonString.length(text))));
  }

  private static String fixed(double value, int places) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return PythonNumber.text(value);
    }
    String digits =
        new BigDecimal(value).abs().setScale(places, RoundingMode.HALF_EVEN).toPlainString();
    return (value < 0 || value == 0 && 1 / value < 0 ? "-" : "") + digits;
  }

  private void pad(String text, String flags, int width, char kind) {
    boolean number = "sr".indexOf(kind) < 0;
    String sign = "";
    String body = text;
    if (number && body.startsWith("-")) {
      sign = "-";
      body = body.substring(1);
    } else if (number && flags.indexOf('+') >= 0) {
      sign = "+";
    } else if (number && flags.indexOf(' ') >= 0) {
      sign = " ";
    }
    if (flags.indexOf('#') >= 0) {
      throw new IllegalArgumentException("a format's '#' is not supported");
    }
    int missing = (int) Math.max(0, width - sign.length() - PythonString.length(body));
    if (flags.indexOf('-') >= 0) {
      out.append(sign).append(body).append(" ".repeat(missing));
    } else if (number && flags.indexOf('0') >= 0) {
      out.append(sign).append("0".repeat(missing)).append(body);
    } else {
      out.append(" ".repeat(missing)).append(sign).append(body);
    }
  }

  /** {@code format.format(...)}: {@code {}}, {@code {0}} and {@code {name}} without more. */
  public static String braces(String format, Callable.Arguments values, Work work) {
    StringBuilder out = new StringBuilder();
    int next = 0;
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      boolean twice = i + 1 < format.length() && format.charAt(i + 1) == c;
      if ((c == '{' || c == '}') && twice) {
        out.append(c);
        i++;
      } else if (c == '{') {
        int end = format.indexOf('}', i);
        String field = end < 0 ? "!" : format.substring(i + 1, end);
        if (field.isEmpty()) {
          field = Integer.toString(next++);
        }
        out.append(Values.text(field(field, values), work));
        i = end;
      } else if (c == '}') {
        throw new IllegalArgumentException("the format '" + format + "' has a '}' alone");
      } else {
        out.append(c);
      }
    }
    return work.on(out.toString());
  }

  private static Object field(String field, Callable.Arguments values) {
    boolean place =
        !field.isEmpty() && field.length() < 4 && field.chars().allMatch(c -> c >= '0' && c <= '9');
    if (place && Integer.parseInt(field) < values.positional().size()) {
      return values.positional().get(Integer.parseInt(field));
    }
    if (!place && values.named().containsKey(field)) {
      return values.named().get(field);
    }
    throw new IllegalArgumentException(
        "format() takes {}, {0} and {name} of what it is given, found '{" + field + "}'");
  }
}
