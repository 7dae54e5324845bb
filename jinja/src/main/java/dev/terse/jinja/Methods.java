package dev.terse.jinja;

import dev.terse.jinja.value.Callable;
import dev.terse.jinja.value.Callable.Arguments;
import dev.terse.jinja.value.PythonString;
import dev.terse.jinja.value.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The methods of Python's strings and mappings that templates call. */
final class Methods {
  private Methods() {}

  /** The method bound to {@code object}, or null if it has none of that name. */
  static Callable of(Frame frame, Object object, String name) {
    if (object instanceof String s) {
      return ofString(frame, s, name);
    }
    if (object instanceof Map<?, ?> map) {
      return ofMap(map, name);
    }
    return null;
  }

  private static Callable ofString(Frame frame, String s, String name) {
    return switch (name) {
      case "strip" -> a -> PythonString.strip(s, a.text(0, "chars", null));
      case "lstrip" -> a -> PythonString.lstrip(s, a.text(0, "chars", null));
      case "rstrip" -> a -> PythonString.rstrip(s, a.text(0, "chars", null));
      case "split" -> a -> split(s, a, false);
      case "rsplit" -> a -> split(s, a, true);
      case "splitlines" -> a -> new ArrayList<Object>(s.lines().toList());
      case "startswith" -> a -> any(a, s::startsWith);
      case "endswith" -> a -> any(a, s::endsWith);
      case "replace" -> a -> replace(frame, s, a);
      case "upper" -> a -> s.toUpperCase(Locale.ROOT);
      case "lower" -> a -> s.toLowerCase(Locale.ROOT);
      case "title" -> a -> PythonString.title(s);
      case "capitalize" -> a -> PythonString.capitalize(s);
      case "find" -> a -> find(s, a.text(0, "sub", ""));
      case "count" -> a -> (long) PythonString.split(s, a.text(0, "sub", ""), -1, false).size() - 1;
      case "join" -> a -> Filters.join(frame, a.required(0, "iterable"), s);
      case "isdigit" -> a -> !s.isEmpty() && s.codePoints().allMatch(Character::isDigit);
      case "isalpha" -> a -> !s.isEmpty() && s.codePoints().allMatch(Character::isLetter);
      case "isspace" -> a -> !s.isEmpty() && s.codePoints().allMatch(PythonString::isBlank);
      case "removeprefix" -> a -> cut(s, a.text(0, "prefix", ""), true);
      case "removesuffix" -> a -> cut(s, a.text(0, "suffix", ""), false);
      default -> null;
    };
  }

  private static Object split(String s, Arguments a, boolean fromRight) {
    return PythonString.split(s, a.text(0, "sep", null), a.integer(1, "maxsplit", -1), fromRight);
  }

  private static boolean any(Arguments a, java.util.function.Predicate<String> test) {
    Object wanted = a.required(0, "prefix");
    List<Object> all = wanted instanceof List ? Values.items(wanted) : Lookup.list(wanted);
    for (Object each : all) {
      if (!(each instanceof String text)) {
        throw new IllegalArgumentException("a string is needed, found " + Values.kind(each));
      }
      if (test.test(text)) {
        return true;
      }
    }
    return false;
  }

  static String replace(Frame frame, String s, Arguments a) {
    String old = (String) a.required(0, "old");
    String by = (String) a.required(1, "new");
    long most = a.integer(2, "count", -1);
    if (old.isEmpty()) {
      throw new IllegalArgumentException("replace needs a text that is not empty");
    }
    List<Object> parts = PythonString.split(s, old, most, false);
    return Filters.join(frame, parts, by);
  }

  private static long find(String s, String part) {
    int index = s.indexOf(part);
    return index < 0 ? -1 : s.codePointCount(0, index);
  }

  private static String cut(String s, String part, boolean prefix) {
    if (prefix) {
      return s.startsWith(part) ? s.substring(part.length()) : s;
    }
    return s.endsWith(part) ? s.substring(0, s.length() - part.length()) : s;
  }

  private static Callable ofMap(Map<?, ?> map, String name) {
    return switch (name) {
      case "get" ->
          a -> {
            Object key = a.required(0, "key");
            return map.containsKey(key) ? map.get(key) : a.get(1, "default", null);
          };
      case "items" -> a -> Filters.items(map);
      case "keys" -> a -> new ArrayList<Object>(map.keySet());
      case "values" -> a -> new ArrayList<Object>(map.values());
      default -> null;
    };
  }
}
