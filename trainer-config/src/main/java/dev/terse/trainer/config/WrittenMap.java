package dev.terse.trainer.config;

import java.util.LinkedHashMap;

/** A map of a YAML file that knows where it begins; otherwise like any other. */
final class WrittenMap extends LinkedHashMap<String, Object> {
  private static final long serialVersionUID = 1;

  /** Such as {@code line 4}. */
  private final String place;

  WrittenMap(String place) {
    this.place = place;
  }

  String place() {
    return place;
  }
}
