package dev.terse.jinja.value;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Python's meaning of the values of a template: {@code null} (None), Boolean, Long, Double, String,
 * List, Map, {@link Namespace}, {@link Callable}, {@link Undefined}.
 */
public final class Values {
  private Values() {}

  /** A Java value as one of a template: whole numbers become Long, nested maps and lists too. */
  public static Object of(Object value) {
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    if (value instanceof Float f) {
      return (double) f;
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>();
      map.forEach((key, entry) -> copy.put(of(key), of(entry)));
      return copy;
    }
    if (value instanceof Collection<?> items) {
      return items.stream().map(Values::of).collect(Collectors.toCollection(ArrayList::new));
    }
    if (value == null
        || value instanceof String
        || value instanceof Boolean
        || value instanceof Long
        || value instanceof Double) {
      return value;
    }
    throw new IllegalArgumentException(
        "a template variable must be text, a number, a boolean, a list or a map, is "
            + value.getClass().getName());
  }

  public static boolean truth(Object value) {
    if (value == null || value instanceof Undefined) {
      return false;
    }
    if (value instanceof Boolean b) {
      return b;
    }
    if (value instanceof Number n) {
      return n.doubleValue() != 0;
    }
    if (value instanceof String s) {
      return !s.isEmpty();
    }
    if (value instanceof Collection<?> c) {
      return !c.isEmpty();
    }
    return !(value instanceof Map<?, ?> m) || !m.isEmpty();
  }

  public static boolean equal(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      return number(a) == number(b);
    }
    if (a instanceof Undefined && b instanceof Undefined) {
      return true;
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      if (x.size() != y.size()) {
        return false;
      }
      for (int i = 0; i < x.size(); i++) {
        if (!equal(x.get(i), y.get(i))) {
          return false;
        }
      }
      return true;
    }
    return a == null ? b == null : a.equals(b);
  }

  public static int compare(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      return Double.compare(number(a), number(b));
    }
    if (a instanceof String x && b instanceof String y) {
      return Arrays.compare(x.codePoints().toArray(), y.codePoints().toArray());
    }
    throw new IllegalArgumentException("cannot order " + kind(a) + " and " + kind(b));
  }

  public static boolean contains(Object container, Object item) {
    if (container instanceof String s && item instanceof String part) {
      return s.contains(part);
    }
    if (container instanceof Map<?, ?> map) {
      return map.containsKey(item);
    }
    if (container instanceof Collection<?> || container instanceof Undefined) {
      return items(container).stream().anyMatch(each -> equal(each, item));
    }
    throw new IllegalArgumentException("cannot look for " + kind(item) + " in " + kind(container));
  }

  /** What a loop over the value visits. */
  public static List<Object> items(Object value) {
    if (value instanceof Collection<?> c) {
      return new ArrayList<>(c);
    }
    if (value instanceof Map<?, ?> map) {
      return new ArrayList<>(map.keySet());
    }
    if (value instanceof String s) {
      return s.codePoints().mapToObj(Character::toString).collect(Collectors.toList());
    }
    if (value instanceof Undefined) {
      return new ArrayList<>();
    }
    throw new IllegalArgumentException("cannot loop over " + kind(value));
  }

  public static long length(Object value) {
    if (value instanceof String s) {
      return PythonString.length(s);
    }
    if (value instanceof Collection<?> c) {
      return c.size();
    }
    if (value instanceof Map<?, ?> m) {
      return m.size();
    }
    if (value instanceof Undefined) {
      return 0;
    }
    throw new IllegalArgumentException(kind(value) + " has no length");
  }

  public static boolean isNumber(Object value) {
    return value instanceof Number || value instanceof Boolean;
  }

  public static boolean isInteger(Object value) {
    return value instanceof Long || value instanceof Boolean;
  }

  public static double number(Object value) {
    if (value instanceof Boolean b) {
      return b ? 1 : 0;
    }
    if (value instanceof Number n) {
      return n.doubleValue();
    }
    throw new IllegalArgumentException("a number is needed, found " + kind(value));
  }

  public static long integer(Object value) {
    if (value instanceof Boolean b) {
      return b ? 1 : 0;
    }
    if (value instanceof Long n) {
      return n;
    }
    throw new IllegalArgumentException("a whole number is needed, found " + kind(value));
  }

  /** A value as Python calls it, for error sentences. */
  public static String kind(Object value) {
    if (value instanceof Undefined u) {
      return "an undefined value (" + u.what() + ")";
    }
    return value == null
        ? "none"
        : value instanceof String
            ? "a string"
            : value instanceof Boolean
                ? "a boolean"
                : value instanceof Number
                    ? "a number"
                    : value instanceof Map
                        ? "a mapping"
                        : value instanceof Collection
                            ? "a list"
                            : value instanceof Namespace ? "a namespace" : "a function";
  }

  /** Python's str(). */
  public static String text(Object value) {
    if (value instanceof String s) {
      return s;
    }
    return value instanceof Undefined ? "" : repr(value);
  }

  /** Python's repr(). */
  static String repr(Object value) {
    if (value == null) {
      return "None";
    }
    if (value instanceof Boolean b) {
      return b ? "True" : "False";
    }
    if (value instanceof Double d) {
      return real(d);
    }
    if (value instanceof String s) {
      return quoted(s);
    }
    if (value instanceof Collection<?> c) {
      return c.stream().map(Values::repr).collect(Collectors.joining(", ", "[", "]"));
    }
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(e -> repr(e.getKey()) + ": " + repr(e.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    return value instanceof Undefined ? "Undefined" : String.valueOf(value);
  }

  private static String quoted(String s) {
    char quote = s.indexOf('\'') >= 0 && s.indexOf('"') < 0 ? '"' : '\'';
    StringBuilder out = new StringBuilder().append(quote);
    for (char c : s.toCharArray()) {
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\\' -> out.append("\\\\");
        default -> {
          if (c == quote) {
            out.append('\\').append(c);
          } else if (c < 0x20 || c == 0x7f) {
            out.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append(quote).toString();
  }

  static String real(double d) {
    if (Double.isNaN(d)) {
      return "nan";
    }
    if (Double.isInfinite(d)) {
      return d > 0 ? "inf" : "-inf";
    }
    double size = Math.abs(d);
    if (size != 0 && (size < 1e-4 || size >= 1e16)) {
      String[] parts = Double.toString(d).split("E");
      String digits =
          parts[0].endsWith(".0") ? parts[0].substring(0, parts[0].length() - 2) : parts[0];
      int exponent = Integer.parseInt(parts[1]);
      return digits
          + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
    String plain = new BigDecimal(Double.toString(d)).toPlainString();
    return plain.contains(".") ? plain : plain + ".0";
  }
}
