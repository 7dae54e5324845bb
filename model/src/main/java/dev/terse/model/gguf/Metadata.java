package dev.terse.model.gguf;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Typed access to a file's metadata.
 *
 * @param values as {@link GgufHeader#metadata}
 * @param where what error sentences call the file
 */
record Metadata(Map<String, Object> values, String where) {

  boolean has(String key) {
    return values.containsKey(key);
  }

  /**
   * @throws IllegalArgumentException if it is missing or no positive 32-bit number
   */
  int requiredCount(String key) {
    OptionalInt count = count(key);
    if (count.isEmpty()) {
      throw wrong(key, "a positive whole number");
    }
    return count.getAsInt();
  }

  /**
   * @throws IllegalArgumentException if it is there and no positive 32-bit number
   */
  OptionalInt count(String key) {
    if (!has(key)) {
      return OptionalInt.empty();
    }
    if (values.get(key) instanceof Long n && n > 0 && n <= Integer.MAX_VALUE) {
      return OptionalInt.of(n.intValue());
    }
    throw wrong(key, "a positive whole number");
  }

  /** A token id; empty where there is none. */
  OptionalInt id(String key) {
    if (!has(key)) {
      return OptionalInt.empty();
    }
    if (values.get(key) instanceof Long n && n >= 0 && n <= 0xffffffffL) {
      return n > Integer.MAX_VALUE ? OptionalInt.empty() : OptionalInt.of(n.intValue());
    }
    throw wrong(key, "a token id");
  }

  /**
   * A real number; of a 32-bit one the shortest decimal, which is what the model's author wrote.
   */
  double number(String key, double otherwise) {
    Object value = values.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Float f) {
      return Double.parseDouble(Float.toString(f));
    }
    if (value instanceof Number n) {
      return n.doubleValue();
    }
    throw wrong(key, "a number");
  }

  boolean flag(String key, boolean otherwise) {
    Object value = values.getOrDefault(key, otherwise);
    if (value instanceof Boolean b) {
      return b;
    }
    throw wrong(key, "true or false");
  }

  /**
   * @throws IllegalArgumentException if it is missing or no text
   */
  String requiredText(String key) {
    if (values.get(key) instanceof String s) {
      return s;
    }
    throw wrong(key, "a text");
  }

  String text(String key, String otherwise) {
    return has(key) ? requiredText(key) : otherwise;
  }

  /**
   * @throws IllegalArgumentException if it is missing or no list
   */
  List<?> requiredList(String key) {
    if (values.get(key) instanceof List<?> list) {
      return list;
    }
    throw wrong(key, "a list");
  }

  private IllegalArgumentException wrong(String key, String expected) {
    String found = has(key) ? String.valueOf(values.get(key)) : "missing";
    return new IllegalArgumentException(
        where
            + ": "
            + key
            + " must be "
            + expected
            + ", is "
            + (found.length() <= 80 ? found : found.substring(0, 80) + "…"));
  }
}
