package dev.terse.jinja;

import dev.terse.jinja.value.Callable;
import dev.terse.jinja.value.Callable.Arguments;
import dev.terse.jinja.value.Undefined;
import dev.terse.jinja.value.Values;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What may stand after {@code is}. */
final class Tests {
  @FunctionalInterface
  interface Test {
    boolean holds(Object value, Arguments arguments);
  }

  private static final Map<String, Test> ALL = new TreeMap<>();

  static {
    ALL.put("defined", (v, a) -> !(v instanceof Undefined));
    ALL.put("undefined", (v, a) -> v instanceof Undefined);
    ALL.put("none", (v, a) -> v == null);
    ALL.put("string", (v, a) -> v instanceof String);
    ALL.put("mapping", (v, a) -> v instanceof Map);
    ALL.put("iterable", (v, a) -> isSequence(v) || v instanceof Undefined);
    ALL.put("sequence", (v, a) -> isSequence(v) || v instanceof Undefined);
    ALL.put("number", (v, a) -> Values.isNumber(v));
    ALL.put("integer", (v, a) -> v instanceof Long);
    ALL.put("float", (v, a) -> v instanceof Double);
    ALL.put("boolean", (v, a) -> v instanceof Boolean);
    ALL.put("true", (v, a) -> Boolean.TRUE.equals(v));
    ALL.put("false", (v, a) -> Boolean.FALSE.equals(v));
    ALL.put("callable", (v, a) -> v instanceof Callable);
    ALL.put("odd", (v, a) -> Math.floorMod(Values.integer(v), 2) == 1);
    ALL.put("even", (v, a) -> Math.floorMod(Values.integer(v), 2) == 0);
    ALL.put("divisibleby", (v, a) -> Values.integer(v) % divisor(a) == 0);
    ALL.put("upper", (v, a) -> isCased(v) && Values.text(v).equals(upper(v)));
    ALL.put("lower", (v, a) -> isCased(v) && Values.text(v).equals(lower(v)));
    ALL.put("sameas", (v, a) -> same(v, other(a)));
    comparison("==", List.of("==", "eq", "equalto"));
    comparison("!=", List.of("!=", "ne"));
    comparison("<", List.of("<", "lt", "lessthan"));
    comparison("<=", List.of("<=", "le"));
    comparison(">", List.of(">", "gt", "greaterthan"));
    comparison(">=", List.of(">=", "ge"));
    comparison("in", List.of("in"));
  }

  private Tests() {}

  /** The test, or null. */
  static Test named(String name) {
    return ALL.get(name);
  }

  static String names() {
    return String.join(", ", ALL.keySet());
  }

  private static void comparison(String operator, List<String> names) {
    for (String name : names) {
      ALL.put(name, (v, a) -> Operators.holds(operator, v, other(a)));
    }
  }

  private static Object other(Arguments a) {
    return a.required(0, "other");
  }

  private static long divisor(Arguments a) {
    long divisor = Values.integer(other(a));
    if (divisor == 0) {
      throw new IllegalArgumentException("division by zero");
    }
    return divisor;
  }

  private static boolean same(Object a, Object b) {
    return a == b || (a instanceof Boolean || a instanceof String) && a.equals(b);
  }

  private static boolean isSequence(Object v) {
    return v instanceof String || v instanceof Collection || v instanceof Map;
  }

  private static boolean isCased(Object v) {
    return !upper(v).equals(lower(v));
  }

  private static String upper(Object v) {
    return Values.text(v).toUpperCase(Locale.ROOT);
  }

  private static String lower(Object v) {
    return Values.text(v).toLowerCase(Locale.ROOT);
  }
}
