package dev.terse.trainer.config;

import java.util.List;
import java.util.Map;

/**
 * A key as somebody wrote it.
 *
 * @param value text, list of values, map of values, or null
 * @param place where it stands, e.g. {@code line 4} or {@code command line}
 */
record Setting(Object value, String place) {

  /** The value as it would stand in YAML's flow style. */
  static String flow(Object value) {
    if (value instanceof List<?> list) {
      return "[" + String.join(", ", list.stream().map(Setting::flow).toList()) + "]";
    }
    if (value instanceof Map<?, ?> map) {
      return "{"
          + String.join(
              ", ",
              map.entrySet().stream().map(e -> e.getKey() + ": " + flow(e.getValue())).toList())
          + "}";
    }
    return String.valueOf(value);
  }
}
