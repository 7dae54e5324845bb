package dev.terse.jinja;

import dev.terse.jinja.value.Callable.Arguments;
import dev.terse.jinja.value.JsonText;
import dev.terse.jinja.value.PythonString;
import dev.terse.jinja.value.Undefined;
import dev.terse.jinja.value.Values;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What may stand after {@code |}. */
final class Filters {
  @FunctionalInterface
  interface Filter {
    Object apply(Frame frame, Object value, Arguments arguments);
  }

  private static final Map<String, Filter> ALL = new TreeMap<>();

  static {
    Filter length = (f, v, a) -> Values.length(v);
    Filter standIn = (f, v, a) -> standIn(v, a);
    ALL.put("length", length);
    ALL.put("count", length);
    ALL.put("default", standIn);
    ALL.put("d", standIn);
    ALL.put("trim", (f, v, a) -> PythonString.strip(Values.text(v), a.text(0, "chars", null)));
    ALL.put("upper", (f, v, a) -> Values.text(v).toUpperCase(Locale.ROOT));
    ALL.put("lower", (f, v, a) -> Values.text(v).toLowerCase(Locale.ROOT));
    ALL.put("capitalize", (f, v, a) -> PythonString.capitalize(Values.text(v)));
    ALL.put("title", (f, v, a) -> PythonString.title(Values.text(v)));
    ALL.put("replace", (f, v, a) -> Methods.replace(f, Values.text(v), a));
    ALL.put("string", (f, v, a) -> Values.text(v));
    ALL.put("safe", (f, v, a) -> v);
    ALL.put("join", (f, v, a) -> join(f, attributes(f, v, a), a.text(0, "d", "")));
    ALL.put("list", (f, v, a) -> Values.items(v));
    ALL.put("items", (f, v, a) -> items(v));
    ALL.put("dictsort", (f, v, a) -> sorted(items(v)));
    ALL.put("first", (f, v, a) -> end(v, 0));
    ALL.put("last", (f, v, a) -> end(v, Values.length(v) - 1));
    ALL.put("reverse", (f, v, a) -> Lookup.slice(list(v), null, null, -1L));
    ALL.put("sort", (f, v, a) -> sort(f, v, a));
    ALL.put("unique", (f, v, a) -> unique(v));
    ALL.put("sum", (f, v, a) -> sum(f, v));
    ALL.put("min", (f, v, a) -> end(sorted(Values.items(v)), 0));
    ALL.put("max", (f, v, a) -> end(sorted(Values.items(v)), Values.length(v) - 1));
    ALL.put("int", (f, v, a) -> Conversions.integer(v, a.integer(0, "default", 0)));
    ALL.put("float", (f, v, a) -> Conversions.real(v, a.get(0, "default", 0.0)));
    ALL.put("abs", (f, v, a) -> Values.number(v) < 0 ? Operators.signed(v, true) : v);
    ALL.put("round", (f, v, a) -> Conversions.round(v, a.integer(0, "precision", 0)));
    ALL.put("tojson", (f, v, a) -> f.bounded(JsonText.of(v, a), 0));
    ALL.put("indent", (f, v, a) -> Conversions.indent(f, Values.text(v), a));
    ALL.put("map", Filters::map);
    ALL.put("select", (f, v, a) -> select(f, v, a, false, true));
    ALL.put("reject", (f, v, a) -> select(f, v, a, false, false));
    ALL.put("selectattr", (f, v, a) -> select(f, v, a, true, true));
    ALL.put("rejectattr", (f, v, a) -> select(f, v, a, true, false));
  }

  private Filters() {}

  /** The filter, or null. */
  static Filter named(String name) {
    return ALL.get(name);
  }

  static String names() {
    return String.join(", ", ALL.keySet());
  }

  private static Object standIn(Object value, Arguments a) {
    boolean falseToo = Values.truth(a.get(1, "boolean", false));
    boolean missing = value instanceof Undefined || falseToo && !Values.truth(value);
    return missing ? a.get(0, "default_value", "") : value;
  }

  static String join(Frame frame, Object items, String separator) {
    StringBuilder out = new StringBuilder();
    boolean first = true;
    for (Object item : Values.items(items)) {
      if (!first) {
        out.append(separator);
      }
      first = false;
      out.append(frame.bounded(Values.text(item), out.length()));
    }
    return out.toString();
  }

  private static Object attributes(Frame frame, Object value, Arguments a) {
    String attribute = a.text(1, "attribute", null);
    return attribute == null ? value : each(frame, value, attribute);
  }

  /** [[key, value], ...] of a mapping. */
  static List<Object> items(Object value) {
    if (value instanceof Undefined) {
      return new ArrayList<>();
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("items needs a mapping, found " + Values.kind(value));
    }
    List<Object> pairs = new ArrayList<>(map.size());
    map.forEach((key, entry) -> pairs.add(Lookup.list(key, entry)));
    return pairs;
  }

  private static Object list(Object value) {
    return value instanceof String ? value : Values.items(value);
  }

  private static Object end(Object value, long index) {
    List<Object> items = Values.items(value);
    return items.isEmpty() ? new Undefined("the sequence is empty") : items.get((int) index);
  }

  private static List<Object> sorted(List<Object> items) {
    items.sort(Filters::order);
    return items;
  }

  private static int order(Object a, Object b) {
    if (a instanceof List<?> x && b instanceof List<?> y) {
      for (int i = 0; i < Math.min(x.size(), y.size()); i++) {
        if (!Values.equal(x.get(i), y.get(i))) {
          return order(x.get(i), y.get(i));
        }
      }
      return Integer.compare(x.size(), y.size());
    }
    if (a instanceof String x && b instanceof String y) { // Jinja sorts without regard to case
      return Values.compare(x.toLowerCase(Locale.ROOT), y.toLowerCase(Locale.ROOT));
    }
    return Values.compare(a, b);
  }

  private static Object sort(Frame frame, Object value, Arguments a) {
    List<Object> items = Values.items(value);
    String attribute = a.text(2, "attribute", null);
    Comparator<Object> order =
        attribute == null
            ? Filters::order
            : (x, y) -> order(Lookup.item(frame, x, attribute), Lookup.item(frame, y, attribute));
    items.sort(Values.truth(a.get(0, "reverse", false)) ? Collections.reverseOrder(order) : order);
    return items;
  }

  private static Object unique(Object value) {
    List<Object> kept = new ArrayList<>();
    for (Object item : Values.items(value)) {
      if (!Values.contains(kept, item)) {
        kept.add(item);
      }
    }
    return kept;
  }

  private static Object sum(Frame frame, Object value) {
    Object total = 0L;
    for (Object item : Values.items(value)) {
      total = Operators.apply(frame, "+", total, item);
    }
    return total;
  }

  private static Object map(Frame frame, Object value, Arguments a) {
    if (a.named().containsKey("attribute")) {
      List<Object> found = each(frame, value, a.text(0, "attribute", null));
      if (a.named().containsKey("default")) {
        found.replaceAll(v -> v instanceof Undefined ? a.named().get("default") : v);
      }
      return found;
    }
    Filter filter = named(Values.text(a.required(0, "filter")));
    if (filter == null) {
      throw new IllegalArgumentException(
          "filter '" + Values.text(a.positional().get(0)) + "' is not known");
    }
    Arguments rest = after(a, 1);
    return Values.items(value).stream()
        .map(item -> filter.apply(frame, item, rest))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static List<Object> each(Frame frame, Object value, String attribute) {
    List<Object> found = new ArrayList<>();
    for (Object item : Values.items(value)) {
      found.add(path(frame, item, attribute));
    }
    return found;
  }

  /** {@code a.b.c} or {@code 0} inside an item, as Jinja's attribute arguments have it. */
  private static Object path(Frame frame, Object item, String attribute) {
    Object found = item;
    for (String part : attribute.split("\\.")) {
      boolean index = !part.isEmpty() && part.chars().allMatch(Character::isDigit);
      found = Lookup.item(frame, found, index ? (Object) Long.valueOf(part) : part);
    }
    return found;
  }

  private static Object select(
      Frame frame, Object value, Arguments a, boolean byAttribute, boolean wanted) {
    int tested = byAttribute ? 1 : 0;
    Tests.Test test = (v, none) -> Values.truth(v);
    if (a.positional().size() > tested) {
      String name = Values.text(a.positional().get(tested));
      test = Tests.named(name);
      if (test == null) {
        throw new IllegalArgumentException("test '" + name + "' is not known");
      }
    }
    Arguments rest = after(a, tested + 1);
    List<Object> kept = new ArrayList<>();
    for (Object item : Values.items(value)) {
      Object subject =
          byAttribute ? path(frame, item, Values.text(a.required(0, "attribute"))) : item;
      if (test.holds(subject, rest) == wanted) {
        kept.add(item);
      }
    }
    return kept;
  }

  private static Arguments after(Arguments a, int count) {
    List<Object> all = a.positional();
    return new Arguments(all.subList(Math.min(count, all.size()), all.size()), a.named());
  }
}
