package dev.terse.jinja;

import dev.terse.jinja.value.PythonFormat;
import dev.terse.jinja.value.SafeText;
import dev.terse.jinja.value.Tuple;
import dev.terse.jinja.value.Values;
import dev.terse.jinja.value.Work;
import java.util.ArrayList;
import java.util.List;

/** Python's arithmetic and comparisons. */
final class Operators {
  private Operators() {}

  static boolean holds(Frame frame, String operator, Object a, Object b) {
    return switch (operator) {
      case "==" -> Values.equal(a, b, frame.work());
      case "!=" -> !Values.equal(a, b, frame.work());
      case "<" -> ordered(a, b) && Values.compare(a, b, frame.work()) < 0;
      case "<=" -> ordered(a, b) && Values.compare(a, b, frame.work()) <= 0;
      case ">" -> ordered(a, b) && Values.compare(a, b, frame.work()) > 0;
      case ">=" -> ordered(a, b) && Values.compare(a, b, frame.work()) >= 0;
      case "in" -> Values.contains(b, a, frame.work());
      case "not in" -> !Values.contains(b, a, frame.work());
      default -> throw new IllegalStateException("no comparison " + operator);
    };
  }

  /** Not a number is neither below nor above anything. */
  private static boolean ordered(Object a, Object b) {
    return !(a instanceof Double x && x.isNaN() || b instanceof Double y && y.isNaN());
  }

  static Object apply(Frame frame, String operator, Object a, Object b) {
    if (operator.equals("+") && (a instanceof SafeText || b instanceof SafeText)) {
      return joined(frame, a, b);
    }
    if (operator.equals("+") && a instanceof String x && b instanceof String y) {
      return concatenation(frame, x, y);
    }
    if (operator.equals("+") && a instanceof List<?> x && b instanceof List<?> y) {
      return concatenation(frame, x, y);
    }
    if (operator.equals("*") && Values.isInteger(b) && isSequence(a)) {
      return repeated(frame, a, Values.integer(b));
    }
    if (operator.equals("*") && Values.isInteger(a) && isSequence(b)) {
      return repeated(frame, b, Values.integer(a));
    }
    if (operator.equals("%") && a instanceof String format) {
      return PythonFormat.percent(format, b, frame.work());
    }
    if (!Values.isNumber(a) || !Values.isNumber(b)) {
      throw new IllegalArgumentException(
          "'" + operator + "' cannot join " + Values.kind(a) + " and " + Values.kind(b));
    }
    return Values.isInteger(a) && Values.isInteger(b)
        ? whole(operator, Values.integer(a), Values.integer(b))
        : real(operator, Values.number(a), Values.number(b));
  }

  private static boolean isSequence(Object value) {
    return value instanceof String || value instanceof List;
  }

  private static String concatenation(Frame frame, String a, String b) {
    frame.bounded(b, a.length());
    return frame.work().on(a + b);
  }

  private static Object concatenation(Frame frame, List<?> a, List<?> b) {
    if (a instanceof Tuple != b instanceof Tuple) {
      throw new IllegalArgumentException(
          "'+' cannot join " + Values.kind(a) + " and " + Values.kind(b));
    }
    frame.work().spendEntries((long) a.size() + b.size());
    List<Object> joined = new ArrayList<>(a);
    joined.addAll(b);
    return a instanceof Tuple ? Tuple.copyOf(joined) : joined;
  }

  /** Text that is HTML already takes other text in with its marks escaped. */
  private static Object joined(Frame frame, Object a, Object b) {
    for (Object side : new Object[] {a, b}) {
      if (!(side instanceof SafeText || side instanceof String)) {
        throw new IllegalArgumentException(
            "'+' cannot join " + Values.kind(a) + " and " + Values.kind(b));
      }
    }
    String left = SafeText.escape(a, frame.work()).text();
    return new SafeText(concatenation(frame, left, SafeText.escape(b, frame.work()).text()));
  }

  private static Object repeated(Frame frame, Object a, long count) {
    long times = Math.max(0, count);
    long size = Values.length(a);
    if (size > 0 && times > Work.MAX_CHARS / size) {
      throw new IllegalArgumentException(
          "a repeated text or list would have more than " + Work.MAX_CHARS + " characters");
    }
    if (a instanceof String s) {
      frame.work().spend(times * s.length());
      return s.repeat((int) times);
    }
    frame.work().spendEntries(times * size);
    List<Object> all = new ArrayList<>();
    for (long i = 0; i < times && size > 0; i++) {
      all.addAll((List<?>) a);
    }
    return a instanceof Tuple ? Tuple.copyOf(all) : all;
  }

  private static Object whole(String operator, long a, long b) {
    if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
      throw new IllegalArgumentException("division by zero");
    }
    try {
      return switch (operator) {
        case "+" -> Math.addExact(a, b);
        case "-" -> Math.subtractExact(a, b);
        case "*" -> Math.multiplyExact(a, b);
        case "/" -> (double) a / b;
        case "//" -> Math.floorDiv(a, b);
        case "%" -> Math.floorMod(a, b);
        case "**" -> power(a, b);
        default -> throw new IllegalStateException("no operator " + operator);
      };
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("a whole number grew past 64 bits");
    }
  }

  private static Object power(long a, long b) {
    if (b < 0) {
      return Math.pow(a, b);
    }
    if (b > 64 && a != 0 && a != 1 && a != -1) {
      throw new ArithmeticException();
    }
    long result = 1;
    for (long i = 0; i < (b > 64 ? b % 2 + 2 : b); i++) {
      result = Math.multiplyExact(result, a);
    }
    return result;
  }

  private static Object real(String operator, double a, double b) {
    if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
      throw new IllegalArgumentException("division by zero");
    }
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> remainder(a, b);
      case "**" -> Math.pow(a, b);
      default -> throw new IllegalStateException("no operator " + operator);
    };
  }

  /** Python's: exact, with the sign of the divisor. */
  private static double remainder(double a, double b) {
    double rest = a % b;
    return rest == 0 ? Math.copySign(0.0, b) : rest < 0 != b < 0 ? rest + b : rest;
  }

  static Object signed(Object value, boolean minus) {
    if (Values.isInteger(value)) {
      return minus ? Math.negateExact(Values.integer(value)) : Values.integer(value);
    }
    return minus ? -Values.number(value) : Values.number(value);
  }
}
