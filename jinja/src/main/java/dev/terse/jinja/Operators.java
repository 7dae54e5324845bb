package dev.terse.jinja;

import dev.terse.jinja.value.Values;
import java.util.ArrayList;
import java.util.List;

/** Python's arithmetic and comparisons. */
final class Operators {
  private Operators() {}

  static boolean holds(String operator, Object a, Object b) {
    return switch (operator) {
      case "==" -> Values.equal(a, b);
      case "!=" -> !Values.equal(a, b);
      case "<" -> Values.compare(a, b) < 0;
      case "<=" -> Values.compare(a, b) <= 0;
      case ">" -> Values.compare(a, b) > 0;
      case ">=" -> Values.compare(a, b) >= 0;
      case "in" -> Values.contains(b, a);
      case "not in" -> !Values.contains(b, a);
      default -> throw new IllegalStateException("no comparison " + operator);
    };
  }

  static Object apply(Frame frame, String operator, Object a, Object b) {
    if (operator.equals("~")) {
      return concatenation(frame, Values.text(a), Values.text(b));
    }
    if (operator.equals("+") && a instanceof String x && b instanceof String y) {
      return concatenation(frame, x, y);
    }
    if (operator.equals("+") && a instanceof List<?> x && b instanceof List<?> y) {
      List<Object> joined = new ArrayList<>(x);
      joined.addAll(y);
      if (joined.size() > Frame.MAX_STEPS) {
        throw new IllegalArgumentException("a list grew longer than " + Frame.MAX_STEPS);
      }
      return joined;
    }
    if (operator.equals("*") && a instanceof String s && Values.isInteger(b)) {
      long times = Math.max(0, Values.integer(b));
      if (times > Frame.MAX_CHARS || times * s.length() > Frame.MAX_CHARS) {
        throw new IllegalArgumentException(
            "a repeated string would have more than " + Frame.MAX_CHARS + " characters");
      }
      return s.repeat((int) times);
    }
    if (!Values.isNumber(a) || !Values.isNumber(b)) {
      throw new IllegalArgumentException(
          "'" + operator + "' cannot join " + Values.kind(a) + " and " + Values.kind(b));
    }
    return Values.isInteger(a) && Values.isInteger(b)
        ? whole(operator, Values.integer(a), Values.integer(b))
        : real(operator, Values.number(a), Values.number(b));
  }

  private static String concatenation(Frame frame, String a, String b) {
    frame.bounded(b, a.length());
    return a + b;
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
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> a - b * Math.floor(a / b);
      case "**" -> Math.pow(a, b);
      default -> throw new IllegalStateException("no operator " + operator);
    };
  }

  static Object signed(Object value, boolean minus) {
    if (Values.isInteger(value)) {
      return minus ? Math.negateExact(Values.integer(value)) : Values.integer(value);
    }
    return minus ? -Values.number(value) : Values.number(value);
  }
}
