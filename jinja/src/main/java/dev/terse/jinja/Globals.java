package dev.terse.jinja;

import dev.terse.jinja.value.Callable;
import dev.terse.jinja.value.Callable.Arguments;
import dev.terse.jinja.value.Namespace;
import dev.terse.jinja.value.Values;
import dev.terse.jinja.value.Work;
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

  /** strftime's letters as patterns of java.time; after {@code -} without their leading zero. */
  private static final Map<Character, String> DATE_PATTERNS =
      Map.ofEntries(
          Map.entry('d', "dd"),
          Map.entry('e', "ppd"),
          Map.entry('m', "MM"),
          Map.entry('y', "uu"),
          Map.entry('Y', "uuuu"),
          Map.entry('b', "MMM"),
          Map.entry('h', "MMM"),
          Map.entry('B', "MMMM"),
          Map.entry('a', "EEE"),
          Map.entry('A', "EEEE"),
          Map.entry('H', "HH"),
          Map.entry('I', "hh"),
          Map.entry('p', "a"),
          Map.entry('M', "mm"),
          Map.entry('S', "ss"),
          Map.entry('j', "DDD"),
          Map.entry('F', "uuuu-MM-dd"),
          Map.entry('D', "MM/dd/uu"),
          Map.entry('T', "HH:mm:ss"),
          Map.entry('R', "HH:mm"));

  private Globals() {}

  static Map<String, Object> functions(LocalDateTime now) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("namespace", (Callable) Globals::namespace);
    all.put("dict", (Callable) Globals::mapping);
    all.put("range", (Callable) Globals::range);
    all.put("strftime_now", (Callable) a -> strftime(now, format(a)));
    all.put(
        "raise_exception",
        (Callable)
            a -> {
              Object message = a.of("raise_exception()", 1, "message").get(0, "message", "");
              throw new IllegalArgumentException(
                  "the template refuses these messages: " + Values.text(message, new Work()));
            });
    return all;
  }

  private static String format(Arguments a) {
    return a.of("strftime_now()", 1, "format").text(0, "format", "");
  }

  private static Namespace namespace(Arguments a) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    mapping(a)
        .forEach(
            (key, value) -> {
              if (!(key instanceof String name)) {
                throw new IllegalArgumentException(
                    "a namespace has names, found " + Values.kind(key));
              }
              attributes.put(Namespace.checked(name), value);
            });
    return new Namespace(attributes);
  }

  private static Map<Object, Object> mapping(Arguments a) {
    Map<Object, Object> entries = new LinkedHashMap<>();
    if (a.positional().size() > 1) {
      throw new IllegalArgumentException("dict() takes one mapping or list of pairs");
    }
    for (Object first : a.positional()) {
      if (first instanceof Map<?, ?> map) {
        entries.putAll(map);
        continue;
      }
      for (Object pair : Values.items(first, new Work())) {
        if (!(pair instanceof List<?> two) || two.size() != 2) {
          throw new IllegalArgumentException("dict() takes pairs, found " + Values.kind(pair));
        }
        Values.put(entries, two.get(0), two.get(1));
      }
    }
    entries.putAll(a.named());
    return entries;
  }

  private static List<Object> range(Arguments a) {
    a.of("range()", 1, "start", "stop", "step");
    if (!a.named().isEmpty()) {
      throw new IllegalArgumentException("range() takes no arguments by name");
    }
    long first = Values.integer(a.positional().get(0));
    boolean one = a.positional().size() == 1;
    long from = one ? 0 : first;
    long to = one ? first : Values.integer(a.positional().get(1));
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
      boolean unpadded = format.charAt(i + 1) == '-' && i + 2 < format.length();
      i += unpadded ? 2 : 1;
      char letter = format.charAt(i);
      String pattern = DATE_PATTERNS.get(letter);
      if (letter == '%') {
        out.append('%');
      } else if (pattern == null) {
        throw new IllegalArgumentException("strftime_now does not know %" + letter);
      } else {
        String text = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(now);
        boolean zero = unpadded && text.length() > 1 && text.charAt(0) == '0';
        out.append(zero ? text.replaceFirst("^0+(?=.)", "") : text);
      }
    }
    return out.toString();
  }
}
