package dev.terse.jinja.value;

import java.util.LinkedHashMap;
import java.util.Map;

/** Jinja's {@code namespace(...)}: attributes that may be set from inside a loop. */
public final class Namespace {
  public final Map<String, Object> attributes;

  public Namespace(Map<String, Object> attributes) {
    this.attributes = new LinkedHashMap<>(attributes);
  }
}
