package dev.terse.jinja.value;

import dev.terse.jinja.value.Callable.Arguments;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Python's {@code json.dumps} with {@code ensure_ascii} off, as transformers' tojson filter. */
public final class JsonText {
  private static final int MAX_DEPTH = 100; // a tool's schema nests five deep

  private final StringBuilder out = new StringBuilder();
  private final String indent;
  private final boolean sorted;
  private final boolean ascii;

  private JsonText(Arguments a) {
    Object width = a.get(1, "indent", null);
    this.indent =
        width == null
            ? null
            : width instanceof String s ? s : " ".repeat((int) Math.min(64, Values.integer(width)));
    this.ascii = Values.truth(a.get(0, "ensure_ascii", false));
    this.sorted = Values.truth(a.get(3, "sort_keys", false));
  }

  public static String of(Object value, Arguments arguments) {
    JsonText text = new JsonText(arguments);
    text.write(value, 0);
    return text.out.toString();
  }

  private void write(Object value, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("a value is nested too deeply for tojson");
    }
    if (value == null || value instanceof Boolean) {
      out.append(value);
    } else if (value instanceof Long) {
      out.append(value);
    } else if (value instanceof Double d) {
      String real = Values.real(d);
      out.append(real.equals("nan") ? "NaN" : real.replace("inf", "Infinity"));
    } else if (value instanceof String s) {
      string(s);
    } else if (value instanceof Collection<?> items) {
      boolean first = true;
      out.append('[');
      for (Object item : items) {
        separate(first, depth + 1);
        first = false;
        write(item, depth + 1);
      }
      close(items.isEmpty(), depth, ']');
    } else if (value instanceof Map<?, ?> map) {
      boolean first = true;
      out.append('{');
      List<Object> keys = new ArrayList<>(map.keySet());
      if (sorted) {
        keys.sort(Values::compare);
      }
      for (Object key : keys) {
        separate(first, depth + 1);
        first = false;
        string(Values.text(key));
        out.append(": ");
        write(map.get(key), depth + 1);
      }
      close(map.isEmpty(), depth, '}');
    } else {
      throw new IllegalArgumentException(Values.kind(value) + " cannot be written as JSON");
    }
  }

  private void separate(boolean first, int depth) {
    if (indent != null) {
      out.append(first ? "\n" : ",\n").append(indent.repeat(depth));
    } else if (!first) {
      out.append(", ");
    }
  }

  private void close(boolean empty, int depth, char bracket) {
    if (indent != null && !empty) {
      out.append('\n').append(indent.repeat(depth));
    }
    out.append(bracket);
  }

  private void string(String s) {
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
