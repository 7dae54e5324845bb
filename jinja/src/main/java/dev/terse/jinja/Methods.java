package dev.terse.jinja;

import dev.terse.jinja.value.Callable;
import dev.terse.jinja.value.Callable.Arguments;
import dev.terse.jinja.value.DictView;
import dev.terse.jinja.value.PythonFormat;
import dev.terse.jinja.value.PythonString;
import dev.terse.jinja.value.SafeText;
import dev.terse.jinja.value.Tuple;
import dev.terse.jinja.value.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.IntPredicate;

/** The methods of Python's strings, lists and mappings that templates call. */
final class Methods {
  private static final Set<String> BY_NAME = Set.of("split", "rsplit", "splitlines");

  private Methods() {}

  /** The method bound to {@code object}, or null if it has none of that name. */
  static Callable of(Frame frame, Object object, String name) {
    if (object instanceof String s && name.equals("format")) {
      return a -> PythonFormat.braces(s, a, frame.work());
    }
    if (object instanceof String s) {
      return bound(frame, object, name, ofString(frame, s, name));
    }
    if (object instanceof SafeText markup) { // Python's would be marked as HTML again
      return bound(frame, object, name, ofString(frame, markup.text(), name));
    }
    if (object instanceof Map<?, ?> map) {
      return bound(frame, object, name, ofMap(map, name));
    }
    return object instanceof List<?> list
        ? bound(frame, object, name, ofList(frame, list, name))
        : null;
  }

  /** A method, and what it takes. */
  private record Method(Callable callable, int required, String... parameters) {}

  private static Callable bound(Frame frame, Object object, String name, Method method) {
    if (method == null) {
      return null;
    }
    String callee = name + "()";
    return a -> {
      if (!a.named().isEmpty() && !BY_NAME.contains(name)) {
        throw new IllegalArgumentException(callee + " takes no arguments by name");
      }
      frame.work().on(object); // whatever a method does, it reads what it belongs to
      return frame
          .work()
          .on(method.callable.call(a.of(callee, method.required, method.parameters)));
    };
  }

  private static Method ofString(Frame frame, String s, String name) {
    return switch (name) {
      case "strip" -> new Method(a -> PythonString.strip(s, a.text(0, "chars", null)), 0, "chars");
      case "lstrip" ->
          new Method(a -> PythonString.lstrip(s, a.text(0, "chars", null)), 0, "chars");
      case "rstrip" ->
          new Method(a -> PythonString.rstrip(s, a.text(0, "chars", null)), 0, "chars");
      case "split" -> new Method(a -> split(frame, s, a, false), 0, "sep", "maxsplit");
      case "rsplit" -> new Method(a -> split(frame, s, a, true), 0, "sep", "maxsplit");
      case "splitlines" ->
          new Method(
              a -> frame.work().on(PythonString.lines(s, a.truth(0, "keepends"))), 0, "keepends");
      case "partition" -> new Method(a -> partition(s, separator(a), true), 1, "sep");
      case "rpartition" -> new Method(a -> partition(s, separator(a), false), 1, "sep");
      case "startswith" ->
          new Method(a -> begins(frame, s, a, String::startsWith), 1, "prefix", "start", "end");
      case "endswith" ->
          new Method(a -> begins(frame, s, a, String::endsWith), 1, "suffix", "start", "end");
      case "replace" -> new Method(a -> replace(frame, s, a), 2, "old", "new", "count");
      case "upper" -> new Method(a -> s.toUpperCase(Locale.ROOT), 0);
      case "lower" -> new Method(a -> s.toLowerCase(Locale.ROOT), 0);
      case "title" -> new Method(a -> PythonString.title(s), 0);
      case "capitalize" -> new Method(a -> PythonString.capitalize(s), 0);
      case "find" -> new Method(a -> find(frame, s, a, true), 1, "sub", "start", "end");
      case "rfind" -> new Method(a -> find(frame, s, a, false), 1, "sub", "start", "end");
      case "index" -> new Method(a -> found(find(frame, s, a, true)), 1, "sub", "start", "end");
      case "rindex" -> new Method(a -> found(find(frame, s, a, false)), 1, "sub", "start", "end");
      case "count" -> new Method(a -> count(frame, s, a), 1, "sub", "start", "end");
      case "join" -> new Method(a -> join(frame, a.get(0, "iterable", null), s), 1, "iterable");
      case "removeprefix" -> new Method(a -> cut(s, a.text(0, "prefix", null), true), 1, "prefix");
      case "removesuffix" -> new Method(a -> cut(s, a.text(0, "suffix", null), false), 1, "suffix");
      case "center" ->
          new Method(
              a ->
                  TextFilters.centered(
                      frame, s, a.integer(0, "width", 0), a.text(1, "fillchar", " ")),
              1,
              "width",
              "fillchar");
      case "ljust" -> new Method(a -> s + fill(frame, s, a), 1, "width", "fillchar");
      case "rjust" -> new Method(a -> fill(frame, s, a) + s, 1, "width", "fillchar");
      case "zfill" -> new Method(a -> zeros(frame, s, a), 1, "width");
      case "isdigit" -> all(s, PythonString::isDigit);
      case "isdecimal" -> all(s, Character::isDigit);
      case "isalpha" -> all(s, Character::isLetter);
      case "isalnum" -> all(s, c -> Character.isLetter(c) || PythonString.isDigit(c));
      case "isspace" -> all(s, PythonString::isBlank);
      case "islower" -> new Method(a -> PythonString.allCased(s, Character::isLowerCase), 0);
      case "isupper" -> new Method(a -> PythonString.allCased(s, Character::isUpperCase), 0);
      default -> null;
    };
  }

  private static Method all(String s, IntPredicate test) {
    return new Method(a -> !s.isEmpty() && s.codePoints().allMatch(test), 0);
  }

  private static Object split(Frame frame, String s, Arguments a, boolean fromRight) {
    return frame
        .work()
        .on(PythonString.split(s, a.text(0, "sep", null), a.integer(1, "maxsplit", -1), fromRight));
  }

  private static String separator(Arguments a) {
    String separator = a.text(0, "sep", null);
    if (separator == null || separator.isEmpty()) {
      throw new IllegalArgumentException("partition needs a separator that is not empty");
    }
    return separator;
  }

  private static Tuple partition(String s, String separator, boolean first) {
    int at = first ? s.indexOf(separator) : s.lastIndexOf(separator);
    if (at < 0) {
      return first ? Tuple.of(s, "", "") : Tuple.of("", "", s);
    }
    return Tuple.of(s.substring(0, at), separator, s.substring(at + separator.length()));
  }

  private static boolean begins(
      Frame frame, String s, Arguments a, BiPredicate<String, String> test) {
    Object wanted = a.get(0, "prefix", a.named().get("suffix"));
    List<?> all = wanted instanceof Tuple tuple ? tuple : Lookup.list(wanted);
    String part = part(frame, s, a);
    for (Object each : all) {
      if (!(each instanceof String text)) {
        throw new IllegalArgumentException(
            "a string or a tuple of strings is needed, found " + Values.kind(each));
      }
      if (test.test(part, text)) {
        return true;
      }
    }
    return false;
  }

  /** What the arguments start and end, the second and third, leave of a string. */
  private static String part(Frame frame, String s, Arguments a) {
    Object start = a.get(1, "start", null);
    Object end = a.get(2, "end", null);
    return start == null && end == null ? s : (String) Lookup.slice(frame, s, start, end, null);
  }

  private static String replace(Frame frame, String s, Arguments a) {
    String old = string(a, 0, "old");
    String by = string(a, 1, "new");
    return PythonString.replace(s, old, by, a.integer(2, "count", -1), frame.work());
  }

  private static String string(Arguments a, int index, String name) {
    String text = a.text(index, name, null);
    if (text == null) {
      throw new IllegalArgumentException("argument '" + name + "' must be a string, is none");
    }
    return text;
  }

  private static long find(Frame frame, String s, Arguments a, boolean first) {
    String part = part(frame, s, a);
    String wanted = string(a, 0, "sub");
    frame.work().on(part);
    int index = first ? part.indexOf(wanted) : part.lastIndexOf(wanted);
    if (index < 0) {
      return -1;
    }
    long length = PythonString.length(s);
    Object start = a.get(1, "start", null);
    long from = start == null ? 0 : Values.integer(start);
    from = from < 0 ? Math.max(0, from + length) : from;
    return from + part.codePointCount(0, index);
  }

  private static long found(long index) {
    if (index < 0) {
      throw new IllegalArgumentException("index() found no such part; find() gives -1 then");
    }
    return index;
  }

  private static long count(Frame frame, String s, Arguments a) {
    String part = frame.work().on(part(frame, s, a));
    String wanted = string(a, 0, "sub");
    return wanted.isEmpty()
        ? PythonString.length(part) + 1
        : PythonString.split(part, wanted, -1, false).size() - 1L;
  }

  /** Python joins strings only; Jinja's filter joins anything. */
  private static String join(Frame frame, Object value, String separator) {
    List<Object> items = Values.items(value, frame.work());
    for (Object item : items) {
      if (!(item instanceof String || item instanceof SafeText)) {
        throw new IllegalArgumentException("join() needs strings, found " + Values.kind(item));
      }
    }
    return SequenceFilters.join(frame, items, separator);
  }

  private static String fill(Frame frame, String s, Arguments a) {
    long missing = Math.max(0, a.integer(0, "width", 0) - PythonString.length(s));
    return (String) Operators.apply(frame, "*", a.text(1, "fillchar", " "), missing);
  }

  private static String zeros(Frame frame, String s, Arguments a) {
    String sign = s.startsWith("-") || s.startsWith("+") ? s.substring(0, 1) : "";
    long missing = Math.max(0, a.integer(0, "width", 0) - PythonString.length(s));
    return sign + Operators.apply(frame, "*", "0", missing) + s.substring(sign.length());
  }

  private static String cut(String s, String part, boolean prefix) {
    if (prefix) {
      return s.startsWith(part) ? s.substring(part.length()) : s;
    }
    return s.endsWith(part) ? s.substring(0, s.length() - part.length()) : s;
  }

  private static Method ofMap(Map<?, ?> map, String name) {
    return switch (name) {
      case "get" ->
          new Method(
              a -> Values.entry(map, Values.key(a.get(0, "key", null)), a.get(1, "default", null)),
              1,
              "key",
              "default");
      case "items" ->
          new Method(a -> new DictView("dict_items", SequenceFilters.pairs(map, "items()")), 0);
      case "keys" -> new Method(a -> new DictView("dict_keys", new ArrayList<>(map.keySet())), 0);
      case "values" ->
          new Method(a -> new DictView("dict_values", new ArrayList<>(map.values())), 0);
      case "copy" -> new Method(a -> new LinkedHashMap<Object, Object>(map), 0);
      default ->
          changing(name, "a mapping", Set.of("clear", "pop", "popitem", "setdefault", "update"));
    };
  }

  private static Method ofList(Frame frame, List<?> list, String name) {
    return switch (name) {
      case "count" ->
          new Method(
              a ->
                  list.stream()
                      .filter(each -> Values.equal(each, a.get(0, "value", null), frame.work()))
                      .count(),
              1,
              "value");
      case "index" ->
          new Method(a -> found(indexIn(frame, list, a.get(0, "value", null))), 1, "value");
      case "copy" -> new Method(a -> new ArrayList<Object>(list), 0);
      default ->
          changing(
              name,
              "a list",
              Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"));
    };
  }

  private static long indexIn(Frame frame, List<?> list, Object value) {
    for (int i = 0; i < list.size(); i++) {
      if (Values.equal(list.get(i), value, frame.work())) {
        return i;
      }
    }
    return -1;
  }

  /** Methods that would change what the template was given; Jinja's sandbox refuses them too. */
  private static Method changing(String name, String kind, Set<String> all) {
    if (!all.contains(name)) {
      return null;
    }
    throw new IllegalArgumentException(
        name + "() would change " + kind + ", which a chat template may not");
  }
}
