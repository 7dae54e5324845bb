package dev.terse.jinja.value;

import java.util.LinkedHashMap;
import java.util.Map;

/** Jinja's {@code namespace(...)}: attributes that may be set from inside a loop. */
public final class Namespace {
  public final Map<String, Object> attributes;

  public Namespace(Map<String, Object> attributes) {
    this.attributes = new LinkedHashMap<>(attributes);
  }

  /**
   * The name of an attribute.
   *
   * @throws IllegalArgumentException if it begins with an underscore, which transformers refuses
   */
  public static String checked(String name) {
    if (name.startsWith("_")) {
      throw new IllegalArgumentException(
          "a namespace has no attribute that begins with an underscore, found '" + name + "'");
    }
    return name;
  }
}
