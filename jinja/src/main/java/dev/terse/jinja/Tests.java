package dev.terse.jinja;

import dev.terse.jinja.value.Callable;
import dev.terse.jinja.value.Callable.Arguments;
import dev.terse.jinja.value.DictView;
import dev.terse.jinja.value.Generator;
import dev.terse.jinja.value.PythonString;
import dev.terse.jinja.value.SafeText;
import dev.terse.jinja.value.Undefined;
import dev.terse.jinja.value.Values;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/** What may stand after {@code is}. */
final class Tests {
  /** One test. */
  @FunctionalInterface
  interface Test {
    boolean holds(Frame frame, Object value, Arguments arguments);
  }

  private static final Map<String, Test> ALL = new TreeMap<>();

  static {
    put("defined", (f, v, a) -> !(v instanceof Undefined));
    put("undefined", (f, v, a) -> v instanceof Undefined);
    put("none", (f, v, a) -> v == null);
    put("string", (f, v, a) -> v instanceof String || v instanceof SafeText);
    put("mapping", (f, v, a) -> v instanceof Map);
    put("iterable", (f, v, a) -> isSequence(v) || isView(v));
    put("sequence", (f, v, a) -> isSequence(v));
    put("number", (f, v, a) -> Values.isNumber(v));
    put("integer", (f, v, a) -> v instanceof Long);
    put("float", (f, v, a) -> v instanceof Double);
    put("boolean", (f, v, a) -> v instanceof Boolean);
    put("true", (f, v, a) -> Boolean.TRUE.equals(v));
    put("false", (f, v, a) -> Boolean.FALSE.equals(v));
    put("callable", (f, v, a) -> v instanceof Callable);
    put("escaped", (f, v, a) -> v instanceof SafeText);
    put("odd", (f, v, a) -> Math.floorMod(Values.integer(v), 2) == 1);
    put("even", (f, v, a) -> Math.floorMod(Values.integer(v), 2) == 0);
    put("filter", (f, v, a) -> v instanceof String s && Filters.named(s) != null);
    put("test", (f, v, a) -> v instanceof String s && named(s) != null);
    put("upper", (f, v, a) -> allCased(f, v, Character::isUpperCase));
    put("lower", (f, v, a) -> allCased(f, v, Character::isLowerCase));
    put("divisibleby", (f, v, a) -> Values.integer(v) % divisor(a) == 0, "num");
    put("sameas", (f, v, a) -> same(v, a.get(0, "other", null)), "other");
    comparison("==", List.of("==", "eq", "equalto"));
    comparison("!=", List.of("!=", "ne"));
    comparison("<", List.of("<", "lt", "lessthan"));
    comparison("<=", List.of("<=", "le"));
    comparison(">", List.of(">", "gt", "greaterthan"));
    comparison(">=", List.of(">=", "ge"));
    put("in", (f, v, a) -> Operators.holds(f, "in", v, a.get(0, "seq", null)), "seq");
  }

  private static void put(String name, Test test, String... parameters) {
    String callee = "test '" + name + "'";
    ALL.put(name, (f, v, a) -> test.holds(f, v, a.of(callee, parameters.length, parameters)));
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
      put(name, (f, v, a) -> Operators.holds(f, operator, v, placed(a)), "b");
    }
  }

  /** Python's operators take no names. */
  private static Object placed(Arguments a) {
    if (!a.named().isEmpty()) {
      throw new IllegalArgumentException("a comparison takes no arguments by name");
    }
    return a.positional().get(0);
  }

  private static long divisor(Arguments a) {
    long divisor = Values.integer(a.get(0, "num", null));
    if (divisor == 0) {
      throw new IllegalArgumentException("division by zero");
    }
    return divisor;
  }

  private static boolean same(Object a, Object b) {
    return a == b || (a instanceof Boolean || a instanceof String) && a.equals(b);
  }

  private static boolean isSequence(Object v) {
    return v instanceof String
        || v instanceof SafeText
        || v instanceof List
        || v instanceof Map
        || v instanceof Undefined;
  }

  private static boolean isView(Object v) {
    return v instanceof DictView || v instanceof Generator;
  }

  private static boolean allCased(Frame frame, Object v, IntPredicate test) {
    return PythonString.allCased(Values.text(v, frame.work()), test);
  }
}
