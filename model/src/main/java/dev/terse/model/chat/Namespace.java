package dev.terse.model.chat;

import java.util.LinkedHashMap;
import java.util.Map;

/** Jinja's {@code namespace(...)}: attributes that may be set from inside a loop. */
final class Namespace {
  final Map<String, Object> attributes;

  Namespace(Map<String, Object> attributes) {
    this.attributes = new LinkedHashMap<>(attributes);
  }
}
