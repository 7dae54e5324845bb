package dev.terse.jinja;

import dev.terse.jinja.value.Callable;
import dev.terse.jinja.value.Callable.Arguments;
import dev.terse.jinja.value.Namespace;
import dev.terse.jinja.value.Values;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The functions that every chat template may call. */
final class Globals {
  /** Longest range(), as in Jinja2's sandbox. */
  private static final int MAX_RANGE = 100_000;

  /** strftime's letters as patterns of java.time. */
  private static final Map<Character, String> DATE_PATTERNS =
      Map.ofEntries(
          Map.entry('d', "dd"),
          Map.entry('m', "MM"),
          Map.entry('y', "yy"),
          Map.entry('Y', "uuuu"),
          Map.entry('b', "MMM"),
          Map.entry('B', "MMMM"),
          Map.entry('a', "EEE"),
          Map.entry('A', "EEEE"),
          Map.entry('H', "HH"),
          Map.entry('I', "hh"),
          Map.entry('p', "a"),
          Map.entry('M', "mm"),
          Map.entry('S', "ss"),
          Map.entry('j', "DDD"));

  private Globals() {}

  static Map<String, Object> functions(LocalDateTime now) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("namespace", (Callable) a -> new Namespace(mapping(a)));
    all.put("dict", (Callable) a -> new LinkedHashMap<Object, Object>(mapping(a)));
    all.put("range", (Callable) Globals::range);
    all.put("strftime_now", (Callable) a -> strftime(now, a.text(0, "format", "")));
    all.put(
        "raise_exception",
        (Callable)
            a -> {
              throw new IllegalArgumentException(
                  "the template refuses these messages: " + a.text(0, "message", ""));
            });
    return all;
  }

  private static Map<String, Object> mapping(Arguments a) {
    Map<String, Object> entries = new LinkedHashMap<>();
    for (Object first : a.positional()) {
      if (!(first instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException("a mapping is needed, found " + Values.kind(first));
      }
      map.forEach((key, value) -> entries.put(Values.text(key), value));
    }
    entries.putAll(a.named());
    return entries;
  }

  private static List<Object> range(Arguments a) {
    long first = Values.integer(a.required(0, "start"));
    boolean one = a.positional().size() == 1;
    long from = one ? 0 : first;
    long to = one ? first : Values.integer(a.required(1, "stop"));
    long step = a.positional().size() > 2 ? Values.integer(a.positional().get(2)) : 1;
    if (step == 0) {
      throw new IllegalArgumentException("the step of range() must not be zero");
    }
    List<Object> numbers = new ArrayList<>();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      if (numbers.size() >= MAX_RANGE) {
        throw new IllegalArgumentException("range() is longer than " + MAX_RANGE);
      }
      numbers.add(i);
    }
    return numbers;
  }

  private static String strftime(LocalDateTime now, String format) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      char letter = format.charAt(++i);
      String pattern = DATE_PATTERNS.get(letter);
      if (letter == '%') {
        out.append('%');
      } else if (pattern == null) {
        throw new IllegalArgumentException("strftime_now does not know %" + letter);
      } else {
        out.append(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(now));
      }
    }
    return out.toString();
  }
}
