package dev.terse.jinja;

import dev.terse.jinja.value.Callable;
import dev.terse.jinja.value.Namespace;
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
    if (Values.isInteger(key) && (object instanceof List || object instanceof String)) {
      return at(object, Values.integer(key));
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
    return entries.containsKey(key)
        ? entries.get(key)
        : new Undefined(Values.kind(object) + " has no entry '" + Values.text(key) + "'");
  }

  private static Object at(Object sequence, long index) {
    long length = Values.length(sequence);
    long place = index < 0 ? index + length : index;
    if (place < 0 || place >= length) {
      return new Undefined("there is no entry " + index + " in " + length);
    }
    if (sequence instanceof List<?> list) {
      return list.get((int) place);
    }
    return Values.items(sequence).get((int) place);
  }

  /** Python's slice of a list or string. */
  static Object slice(Object sequence, Object from, Object to, Object by) {
    requireDefined(sequence);
    if (!(sequence instanceof List) && !(sequence instanceof String)) {
      throw new IllegalArgumentException("cannot slice " + Values.kind(sequence));
    }
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
    List<Integer> places = new ArrayList<>();
    for (long i = first; step < 0 ? i > end : i < end; i += step) {
      places.add((int) i);
      if (Math.abs(step) > length) {
        break;
      }
    }
    if (codePoints == null) {
      List<Object> taken = new ArrayList<>(places.size());
      places.forEach(i -> taken.add(((List<?>) sequence).get(i)));
      return taken;
    }
    StringBuilder taken = new StringBuilder();
    places.forEach(i -> taken.appendCodePoint(codePoints[i]));
    return taken.toString();
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
