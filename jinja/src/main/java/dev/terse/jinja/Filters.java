package dev.terse.jinja;

import dev.terse.jinja.value.Callable.Arguments;
import dev.terse.jinja.value.JsonText;
import dev.terse.jinja.value.PythonFormat;
import dev.terse.jinja.value.PythonNumber;
import dev.terse.jinja.value.PythonString;
import dev.terse.jinja.value.SafeText;
import dev.terse.jinja.value.Tuple;
import dev.terse.jinja.value.Undefined;
import dev.terse.jinja.value.Values;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What may stand after {@code |}, with the names of the arguments: others are refused. */
final class Filters {
  /** One filter. */
  @FunctionalInterface
  interface Filter {
    Object apply(Frame frame, Object value, Arguments arguments);
  }

  private static final Map<String, Filter> ALL = new TreeMap<>();

  static {
    put("length", 0, (f, v, a) -> Values.length(v));
    put("default", 0, (f, v, a) -> standIn(v, a), "default_value", "boolean");
    put("string", 0, (f, v, a) -> v instanceof SafeText ? v : Values.text(v, f.work()));
    put("safe", 0, (f, v, a) -> new SafeText(Values.text(v, f.work())));
    put("escape", 0, (f, v, a) -> SafeText.escape(v, f.work()));
    put("int", 0, (f, v, a) -> integer(v, a), "default", "base");
    put("float", 0, (f, v, a) -> real(v, a.get(0, "default", 0.0)), "default");
    put("abs", 0, (f, v, a) -> Operators.signed(v, Values.number(v) < 0));
    put("round", 0, (f, v, a) -> round(v, a), "precision", "method");
    put("tojson", 0, (f, v, a) -> JsonText.of(v, a, f.work()), JsonText.PARAMETERS);

    put("upper", 0, (f, v, a) -> Values.text(v, f.work()).toUpperCase(Locale.ROOT));
    put("lower", 0, (f, v, a) -> Values.text(v, f.work()).toLowerCase(Locale.ROOT));
    put("capitalize", 0, (f, v, a) -> PythonString.capitalize(Values.text(v, f.work())));
    put("title", 0, (f, v, a) -> TextFilters.title(Values.text(v, f.work())));
    put(
        "trim",
        0,
        (f, v, a) -> PythonString.strip(Values.text(v, f.work()), a.text(0, "chars", null)),
        "chars");
    put("replace", 2, TextFilters::replace, "old", "new", "count");
    put("indent", 0, TextFilters::indent, "width", "first", "blank");
    put("center", 0, TextFilters::center, "width");
    put("truncate", 0, TextFilters::truncate, "length", "killwords", "end", "leeway");
    put("wordcount", 0, (f, v, a) -> TextFilters.words(Values.text(v, f.work())));
    ALL.put("format", Filters::format);

    put("join", 0, SequenceFilters::join, "d", "attribute");
    put("list", 0, (f, v, a) -> Values.items(v, f.work()));
    put("items", 0, (f, v, a) -> SequenceFilters.items(v));
    put("dictsort", 0, SequenceFilters::dictSort, "case_sensitive", "by", "reverse");
    put("first", 0, (f, v, a) -> SequenceFilters.first(f, v));
    put("last", 0, (f, v, a) -> SequenceFilters.last(f, v));
    put("reverse", 0, (f, v, a) -> SequenceFilters.reverse(f, v));
    put("sort", 0, SequenceFilters::sort, "reverse", "case_sensitive", "attribute");
    put("unique", 0, SequenceFilters::unique, "case_sensitive", "attribute");
    put("min", 0, (f, v, a) -> SequenceFilters.extreme(f, v, a, -1), "case_sensitive", "attribute");
    put("max", 0, (f, v, a) -> SequenceFilters.extreme(f, v, a, 1), "case_sensitive", "attribute");
    put("sum", 0, SequenceFilters::sum, "attribute", "start");
    put("groupby", 1, SequenceFilters::groupBy, "attribute", "default", "case_sensitive");
    put("batch", 1, SequenceFilters::batch, "linecount", "fill_with");
    put("slice", 1, SequenceFilters::slice, "slices", "fill_with");
    ALL.put("map", SequenceFilters::map);
    ALL.put("select", (f, v, a) -> SequenceFilters.select(f, v, a, false, true));
    ALL.put("reject", (f, v, a) -> SequenceFilters.select(f, v, a, false, false));
    ALL.put("selectattr", (f, v, a) -> SequenceFilters.select(f, v, a, true, true));
    ALL.put("rejectattr", (f, v, a) -> SequenceFilters.select(f, v, a, true, false));

    ALL.put("count", ALL.get("length"));
    ALL.put("d", ALL.get("default"));
    ALL.put("e", ALL.get("escape"));
  }

  private Filters() {}

  private static void put(String name, int required, Filter filter, String... parameters) {
    String callee = "filter '" + name + "'";
    ALL.put(name, (f, v, a) -> filter.apply(f, v, a.of(callee, required, parameters)));
  }

  /** The filter, or null. */
  static Filter named(String name) {
    return ALL.get(name);
  }

  static String names() {
    return String.join(", ", ALL.keySet());
  }

  private static Object standIn(Object value, Arguments a) {
    boolean missing = value instanceof Undefined || a.truth(1, "boolean") && !Values.truth(value);
    return missing ? a.get(0, "default_value", "") : value;
  }

  private static Object integer(Object value, Arguments a) {
    Object otherwise = a.get(0, "default", 0L);
    if (value instanceof Double d) {
      return Double.isNaN(d) ? otherwise : (Object) PythonNumber.truncated(d);
    }
    if (Values.isNumber(value)) {
      return Values.integer(value);
    }
    if (value instanceof String s) {
      return PythonNumber.integer(s, a.integer(1, "base", 10))
          .map(Object.class::cast)
          .or(
              () ->
                  PythonNumber.real(s)
                      .filter(d -> !Double.isNaN(d) && !Double.isInfinite(d))
                      .map(PythonNumber::truncated))
          .orElse(otherwise);
    }
    return undefinedRefused(value, otherwise);
  }

  private static Object real(Object value, Object otherwise) {
    if (Values.isNumber(value)) {
      return Values.number(value);
    }
    if (value instanceof String s) {
      return PythonNumber.real(s).map(Object.class::cast).orElse(otherwise);
    }
    return undefinedRefused(value, otherwise);
  }

  private static Object undefinedRefused(Object value, Object otherwise) {
    if (value instanceof Undefined undefined) {
      throw new IllegalArgumentException(undefined.what());
    }
    return otherwise;
  }

  private static Object round(Object value, Arguments a) {
    long precision = a.integer(0, "precision", 0);
    String method = a.text(1, "method", "common");
    if (method.equals("common")) {
      return PythonNumber.round(value, precision);
    }
    if (!method.equals("ceil") && !method.equals("floor")) {
      throw new IllegalArgumentException(
          "filter 'round' has the methods common, ceil and floor, found '" + method + "'");
    }
    if (Math.abs(precision) > 22) { // 10 ** 22 is the last power that a double holds exactly
      throw new IllegalArgumentException("filter 'round' rounds to at most 22 places");
    }
    double power = precision < 0 ? 1 / Math.pow(10, -precision) : Math.pow(10, precision);
    double scaled = Values.number(value) * power;
    return (method.equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled)) / power + 0.0;
  }

  private static Object format(Frame frame, Object value, Arguments a) {
    if (!a.positional().isEmpty() && !a.named().isEmpty()) {
      throw new IllegalArgumentException("filter 'format' takes values or names, not both");
    }
    Object values = a.named().isEmpty() ? Tuple.copyOf(a.positional()) : (Object) a.named();
    return PythonFormat.percent(Values.text(value, frame.work()), values, frame.work());
  }
}
