package dev.terse.jinja;

import dev.terse.jinja.value.Callable.Arguments;
import dev.terse.jinja.value.Values;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** The filters that turn a value into one of another form. */
final class Conversions {
  private Conversions() {}

  static Object integer(Object value, long otherwise) {
    if (Values.isNumber(value)) {
      return (long) Values.number(value);
    }
    try {
      return (long) Double.parseDouble(Values.text(value).trim().replace("_", ""));
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  static Object real(Object value, Object otherwise) {
    if (Values.isNumber(value)) {
      return Values.number(value);
    }
    try {
      return Double.parseDouble(Values.text(value).trim().replace("_", ""));
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  /** Half to even, as Python's round. */
  static Object round(Object value, long precision) {
    return new BigDecimal(Values.number(value))
        .setScale((int) Math.max(-300, Math.min(300, precision)), RoundingMode.HALF_EVEN)
        .doubleValue();
  }

  static String indent(Frame frame, String text, Arguments a) {
    Object width = a.get(0, "width", 4L);
    String blanks =
        width instanceof String s ? s : (String) Operators.apply(frame, "*", " ", width);
    boolean first = Values.truth(a.get(1, "first", false));
    boolean blankToo = Values.truth(a.get(2, "blank", false));
    StringBuilder out = new StringBuilder();
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      if (i > 0) {
        out.append('\n');
      }
      if (i == 0 ? first : blankToo || !lines[i].isEmpty()) {
        out.append(blanks);
      }
      out.append(frame.bounded(lines[i], out.length()));
    }
    return out.toString();
  }
}
