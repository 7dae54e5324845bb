package dev.terse.jinja.value;

import dev.terse.jinja.value.Callable.Arguments;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Python's {@code json.dumps} as transformers' tojson filter calls it: {@code ensure_ascii} off,
 * {@code indent}, {@code separators}, {@code sort_keys}.
 */
public final class JsonText {
  /** The names of the filter's arguments, in order. */
  public static final String[] PARAMETERS = {"ensure_ascii", "indent", "separators", "sort_keys"};

  private static final int MAX_DEPTH = 100; // a tool's schema nests five deep

  private final StringBuilder out = new StringBuilder();
  private final Work work;
  private final boolean ascii;
  private final String indent; // null for all in one line
  private final String itemSeparator;
  private final String keySeparator;
  private final boolean sorted;

  private JsonText(Arguments a, Work work) {
    this.work = work;
    this.ascii = Values.truth(a.get(0, "ensure_ascii", false));
    Object width = a.get(1, "indent", null);
    this.indent =
        width == null
            ? null
            : width instanceof String s
                ? s
                : " ".repeat((int) Math.max(0, Math.min(1000, Values.integer(width))));
    Object separators = a.get(2, "separators", null);
    if (separators == null) {
      this.itemSeparator = indent == null ? ", " : ",";
      this.keySeparator = ": ";
    } else if (separators instanceof List<?> two
        && two.size() == 2
        && two.get(0) instanceof String items
        && two.get(1) instanceof String keys) {
      this.itemSeparator = items;
      this.keySeparator = keys;
    } else {
      throw new IllegalArgumentException("separators must be two strings, as (',', ':')");
    }
    this.sorted = Values.truth(a.get(3, "sort_keys", false));
  }

  public static String of(Object value, Arguments arguments, Work work) {
    JsonText text = new JsonText(arguments, work);
    text.write(value, 0);
    return text.out.toString();
  }

  private void write(Object value, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("a value is nested too deeply for tojson");
    }
    work.spend(Work.ENTRY);
    if (value == null || value instanceof Boolean || value instanceof Long) {
      out.append(value);
    } else if (value instanceof Double d) {
      out.append(real(d));
    } else if (value instanceof String s) {
      string(s);
    } else if (value instanceof SafeText markup) {
      string(markup.text());
    } else if (value instanceof List<?> items) {
      boolean first = true;
      out.append('[');
      for (Object item : items) {
        separate(first, depth + 1);
        first = false;
        write(item, depth + 1);
      }
      close(items, depth, ']');
    } else if (value instanceof Map<?, ?> map) {
      boolean first = true;
      out.append('{');
      List<Object> keys = new ArrayList<>(map.keySet());
      if (sorted) {
        keys.sort((a, b) -> Values.compare(a, b, work));
      }
      for (Object key : keys) {
        separate(first, depth + 1);
        first = false;
        string(key(key));
        out.append(keySeparator);
        write(map.get(key), depth + 1);
      }
      close(keys, depth, '}');
    } else {
      throw new IllegalArgumentException(Values.kind(value) + " cannot be written as JSON");
    }
  }

  private static String real(double d) {
    return Double.isNaN(d)
        ? "NaN"
        : Double.isInfinite(d) ? d > 0 ? "Infinity" : "-Infinity" : PythonNumber.text(d);
  }

  private static String key(Object key) {
    if (key instanceof String s) {
      return s;
    }
    if (key == null || key instanceof Boolean || key instanceof Long) {
      return String.valueOf(key);
    }
    if (key instanceof Double d) {
      return real(d);
    }
    throw new IllegalArgumentException(Values.kind(key) + " cannot be a key of JSON");
  }

  private void separate(boolean first, int depth) {
    if (!first) {
      out.append(itemSeparator);
    }
    if (indent != null) {
      work.spend((long) indent.length() * depth);
      out.append('\n').append(indent.repeat(depth));
    }
  }

  private void close(Collection<?> items, int depth, char bracket) {
    if (indent != null && !items.isEmpty()) {
      out.append('\n').append(indent.repeat(depth));
    }
    out.append(bracket);
  }

  private void string(String s) {
    work.spend(s.length());
    out.append('"');
    for (char c : s.toCharArray()) {
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < 0x20 || ascii && c > 0x7e) {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
