package dev.terse.jinja.value;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Python's meaning of the values of a template: {@code null} (None), Boolean, Long, Double, String,
 * List, {@link Tuple}, Map, {@link DictView}, {@link Generator}, {@link SafeText}, {@link
 * Namespace}, {@link Callable}, {@link Undefined}.
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
    if (value instanceof SafeText markup) {
      return !markup.text().isEmpty();
    }
    if (value instanceof Collection<?> c) {
      return !c.isEmpty();
    }
    return !(value instanceof Map<?, ?> m) || !m.isEmpty();
  }

  public static boolean equal(Object a, Object b, Work work) {
    work.spend(Work.ENTRY);
    if (isNumber(a) && isNumber(b)) {
      return isInteger(a) && isInteger(b) ? integer(a) == integer(b) : number(a) == number(b);
    }
    if (a == b || a instanceof Undefined && b instanceof Undefined) {
      return true;
    }
    Object x = plain(a);
    Object y = plain(b);
    if (x instanceof String s && y instanceof String t) {
      work.spend(Math.min(s.length(), t.length()));
      return s.equals(t);
    }
    if (x instanceof List<?> s && y instanceof List<?> t) {
      if (s.size() != t.size() || s instanceof Tuple != t instanceof Tuple) {
        return false;
      }
      for (int i = 0; i < s.size(); i++) {
        if (!equal(s.get(i), t.get(i), work)) {
          return false;
        }
      }
      return true;
    }
    if (x instanceof Map<?, ?> s && y instanceof Map<?, ?> t) {
      if (s.size() != t.size()) {
        return false;
      }
      for (Map.Entry<?, ?> entry : s.entrySet()) {
        Object other = entry(t, entry.getKey(), Values.class);
        if (other == Values.class || !equal(entry.getValue(), other, work)) {
          return false;
        }
      }
      return true;
    }
    return false;
  }

  private static Object plain(Object value) {
    return value instanceof SafeText markup ? markup.text() : value;
  }

  /** Order of numbers, of strings by code points, of lists and tuples by their entries. */
  public static int compare(Object a, Object b, Work work) {
    work.spend(Work.ENTRY);
    if (isNumber(a) && isNumber(b)) {
      return isInteger(a) && isInteger(b)
          ? Long.compare(integer(a), integer(b))
          : Double.compare(number(a) + 0.0, number(b) + 0.0); // 0.0: -0.0 equals 0.0
    }
    Object x = plain(a);
    Object y = plain(b);
    if (x instanceof String s && y instanceof String t) {
      return compare(s, t, work);
    }
    if (x instanceof List<?> s
        && y instanceof List<?> t
        && s instanceof Tuple == t instanceof Tuple) {
      for (int i = 0; i < Math.min(s.size(), t.size()); i++) {
        if (!equal(s.get(i), t.get(i), work)) {
          return compare(s.get(i), t.get(i), work);
        }
      }
      return Integer.compare(s.size(), t.size());
    }
    throw new IllegalArgumentException("cannot order " + kind(a) + " and " + kind(b));
  }

  private static int compare(String s, String t, Work work) {
    int i = 0;
    while (i < s.length() && i < t.length()) {
      int x = s.codePointAt(i);
      int y = t.codePointAt(i);
      if (x != y) {
        work.spend(i);
        return Integer.compare(x, y);
      }
      i += Character.charCount(x);
    }
    work.spend(i);
    return Integer.compare(s.length(), t.length());
  }

  public static boolean contains(Object container, Object item, Work work) {
    Object inside = plain(container);
    Object part = plain(item);
    if (inside instanceof String s && part instanceof String wanted) {
      work.spend(s.length() + wanted.length());
      return s.contains(wanted);
    }
    if (inside instanceof Map<?, ?> map) {
      return entry(map, key(item), Values.class) != Values.class;
    }
    if (inside instanceof Collection<?>
        || inside instanceof Undefined
        || inside instanceof Generator) {
      Iterator<?> each =
          inside instanceof Generator generator
              ? generator.rest()
              : inside instanceof Collection<?> items ? items.iterator() : List.of().iterator();
      while (each.hasNext()) {
        if (equal(each.next(), item, work)) {
          return true;
        }
      }
      return false;
    }
    throw new IllegalArgumentException("cannot look for " + kind(item) + " in " + kind(container));
  }

  /**
   * A key of a mapping.
   *
   * @throws IllegalArgumentException if Python cannot hash it
   */
  public static Object key(Object value) {
    if (value instanceof List && !(value instanceof Tuple) || value instanceof Map) {
      throw new IllegalArgumentException(kind(value) + " cannot be the key of a mapping");
    }
    return plain(value);
  }

  /** What stands under a key, 1, 1.0 and true being one key as in Python; else what is given. */
  public static Object entry(Map<?, ?> map, Object key, Object otherwise) {
    if (map.containsKey(key)) {
      return map.get(key);
    }
    if (isNumber(key)) {
      double number = number(key);
      for (Object same : List.<Object>of((long) number, number, number == 1)) {
        if (number(same) == number && map.containsKey(same)) {
          return map.get(same);
        }
      }
    }
    return otherwise;
  }

  /** Python's {@code map[key] = value}. */
  public static void put(Map<Object, Object> map, Object key, Object value) {
    if (isNumber(key) && !map.containsKey(key)) {
      for (Object known : map.keySet()) {
        if (isNumber(known) && number(known) == number(key)) {
          map.put(known, value);
          return;
        }
      }
    }
    map.put(key(key), value);
  }

  /** What a loop over the value visits; of a generator what is left of it. */
  public static List<Object> items(Object value, Work work) {
    if (value instanceof Collection<?> c) {
      work.on(c);
      return new ArrayList<>(c);
    }
    if (value instanceof Map<?, ?> map) {
      work.on(map);
      return new ArrayList<>(map.keySet());
    }
    if (plain(value) instanceof String s) {
      work.spend(4L * Work.ENTRY * s.length()); // each becomes a string
      return s.codePoints().mapToObj(Character::toString).collect(Collectors.toList());
    }
    if (value instanceof Generator generator) {
      return work.on(generator.drain());
    }
    if (value instanceof Undefined) {
      return new ArrayList<>();
    }
    throw new IllegalArgumentException("cannot loop over " + kind(value));
  }

  public static long length(Object value) {
    if (plain(value) instanceof String s) {
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
    if (value == null) {
      return "none";
    }
    if (value instanceof String || value instanceof SafeText) {
      return "a string";
    }
    if (value instanceof Boolean) {
      return "a boolean";
    }
    if (value instanceof Number) {
      return "a number";
    }
    if (value instanceof Map) {
      return "a mapping";
    }
    if (value instanceof Tuple) {
      return "a tuple";
    }
    if (value instanceof List) {
      return "a list";
    }
    if (value instanceof DictView view) {
      return "a " + view.name();
    }
    if (value instanceof Generator) {
      return "a generator";
    }
    return value instanceof Namespace ? "a namespace" : "a function";
  }

  /** Python's str(). */
  public static String text(Object value, Work work) {
    if (value instanceof String s) {
      work.spend(s.length());
      return s;
    }
    if (value instanceof SafeText markup) {
      return markup.text();
    }
    return value instanceof Undefined ? "" : repr(value, work);
  }

  /** Python's repr(). */
  static String repr(Object value, Work work) {
    StringBuilder out = new StringBuilder();
    repr(value, out, work);
    return out.toString();
  }

  private static void repr(Object value, StringBuilder out, Work work) {
    work.spend(Work.ENTRY);
    if (value == null) {
      out.append("None");
    } else if (value instanceof Boolean b) {
      out.append(b ? "True" : "False");
    } else if (value instanceof Long) {
      out.append(value);
    } else if (value instanceof Double d) {
      out.append(PythonNumber.text(d));
    } else if (value instanceof String s) {
      PythonString.quote(work.on(s), out);
    } else if (value instanceof Tuple tuple) {
      repr(tuple, tuple.size() == 1 ? ",)" : ")", out.append('('), work);
    } else if (value instanceof List<?> list) {
      repr(list, "]", out.append('['), work);
    } else if (value instanceof DictView view) {
      repr(view, "])", out.append(view.name()).append("(["), work);
    } else if (value instanceof Map<?, ?> map) {
      out.append('{');
      String between = "";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.append(between);
        repr(entry.getKey(), out, work);
        out.append(": ");
        repr(entry.getValue(), out, work);
        between = ", ";
      }
      out.append('}');
    } else if (value instanceof Undefined) {
      out.append("Undefined");
    } else {
      // Python prints an address, or a class that templates have no business with.
      throw new IllegalArgumentException(kind(value) + " cannot be printed");
    }
  }

  private static void repr(Collection<?> items, String end, StringBuilder out, Work work) {
    String between = "";
    for (Object item : items) {
      out.append(between);
      repr(item, out, work);
      between = ", ";
    }
    out.append(end);
  }
}
