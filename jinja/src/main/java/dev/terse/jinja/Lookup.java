package dev.terse.jinja;

import dev.terse.jinja.value.Callable;
import dev.terse.jinja.value.Namespace;
import dev.terse.jinja.value.PythonString;
import dev.terse.jinja.value.SafeText;
import dev.terse.jinja.value.Tuple;
import dev.terse.jinja.value.Undefined;
import dev.terse.jinja.value.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** {@code a.b}, {@code a[b]}, {@code a[b:c:d]} and calls. */
final class Lookup {
  private Lookup() {}

  /** {@code object.name}: a method first, then an entry. */
  static Object attribute(Frame frame, Object object, String name) {
    requireDefined(object);
    Callable method = Methods.of(frame, object, name);
    if (method != null) {
      return method;
    }
    return entry(object, name);
  }

  /** {@code object[key]}: an entry first, then a method. */
  static Object item(Frame frame, Object object, Object key) {
    requireDefined(object);
    if (Values.isInteger(key)
        && (object instanceof List || object instanceof String || object instanceof SafeText)) {
      return at(object instanceof SafeText markup ? markup.text() : object, Values.integer(key));
    }
    Object entry = entry(object, key);
    if (entry instanceof Undefined && key instanceof String name) {
      Callable method = Methods.of(frame, object, name);
      return method == null ? entry : method;
    }
    return entry;
  }

  private static void requireDefined(Object object) {
    if (object instanceof Undefined undefined) {
      throw new IllegalArgumentException(undefined.what());
    }
  }

  private static Object entry(Object object, Object key) {
    Map<?, ?> entries =
        object instanceof Map<?, ?> map
            ? map
            : object instanceof Namespace namespace ? namespace.attributes : Map.of();
    Object found =
        object instanceof Map && isHashable(key) || key instanceof String
            ? Values.entry(entries, Values.key(key), Lookup.class)
            : Lookup.class;
    return found == Lookup.class
        ? new Undefined(
            Values.kind(object)
                + " has no entry "
                + (key instanceof String name ? quoted(name) : Values.kind(key)))
        : found;
  }

  private static boolean isHashable(Object key) {
    return !(key instanceof Map) && (!(key instanceof List) || key instanceof Tuple);
  }

  private static String quoted(String name) {
    return "'" + (name.length() > 80 ? name.substring(0, 80) + "..." : name) + "'";
  }

  private static Object at(Object sequence, long index) {
    if (sequence instanceof String s) {
      long length = PythonString.length(s);
      long place = index < 0 ? index + length : index;
      if (place < 0 || place >= length) {
        return new Undefined("there is no entry " + index + " in " + length);
      }
      int from = s.offsetByCodePoints(0, (int) place);
      return s.substring(from, s.offsetByCodePoints(from, 1));
    }
    List<?> list = (List<?>) sequence;
    long place = index < 0 ? index + list.size() : index;
    return place < 0 || place >= list.size()
        ? new Undefined("there is no entry " + index + " in " + list.size())
        : list.get((int) place);
  }

  /** Python's slice of a list or string. */
  static Object slice(Frame frame, Object given, Object from, Object to, Object by) {
    requireDefined(given);
    Object sequence = given instanceof SafeText markup ? markup.text() : given;
    if (!(sequence instanceof List) && !(sequence instanceof String)) {
      throw new IllegalArgumentException("cannot slice " + Values.kind(sequence));
    }
    frame.work().on(sequence);
    long step = by == null ? 1 : Values.integer(by);
    if (step == 0) {
      throw new IllegalArgumentException("the step of a slice must not be zero");
    }
    int[] codePoints = sequence instanceof String s ? s.codePoints().toArray() : null;
    int length = codePoints == null ? ((List<?>) sequence).size() : codePoints.length;
    long lowest = step < 0 ? -1 : 0;
    long highest = step < 0 ? length - 1 : length;
    long first = bound(from, step < 0 ? highest : lowest, length, lowest, highest);
    long end = bound(to, step < 0 ? lowest : highest, length, lowest, highest);
    List<Object> items = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (long i = first; step < 0 ? i > end : i < end; i = stepped(i, step, length)) {
      if (codePoints == null) {
        items.add(((List<?>) sequence).get((int) i));
      } else {
        text.appendCodePoint(codePoints[(int) i]);
      }
    }
    if (codePoints != null) {
      return text.toString();
    }
    return sequence instanceof Tuple ? Tuple.copyOf(items) : items;
  }

  /** The next place; a step that leaves the sequence does not overflow. */
  private static long stepped(long place, long step, int length) {
    return place + Math.max(-length - 1L, Math.min(length + 1L, step));
  }

  private static long bound(Object value, long otherwise, int length, long lowest, long highest) {
    if (value == null) {
      return otherwise;
    }
    long index = Values.integer(value);
    return Math.max(lowest, Math.min(highest, index < 0 ? index + length : index));
  }

  static Callable callable(Object value) {
    if (value instanceof Callable callable) {
      return callable;
    }
    requireDefined(value);
    throw new IllegalArgumentException(Values.kind(value) + " cannot be called");
  }

  /** A list of the given values. */
  static List<Object> list(Object... values) {
    return new ArrayList<>(Arrays.asList(values));
  }
}
