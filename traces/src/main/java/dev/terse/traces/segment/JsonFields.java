package dev.terse.traces.segment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** Fields of a JSON row, with sentences for what is missing. */
final class JsonFields {
  private JsonFields() {}

  /** The text in {@code field}. */
  static String text(JsonNode row, String field) {
    JsonNode value = row.path(field);
    if (!value.isTextual()) {
      throw new IllegalArgumentException(
          "expected a text in field '" + field + "', found " + kind(value));
    }
    return value.textValue();
  }

  /** The text or number in {@code field}, or {@code otherwise} where there is none. */
  static String textOr(JsonNode row, String field, String otherwise) {
    return row.hasNonNull(field) ? row.get(field).asText() : otherwise;
  }

  /** What stands in a field, in words. */
  static String kind(JsonNode value) {
    return value.isMissingNode()
        ? "no such field"
        : "a value of type " + value.getNodeType().name().toLowerCase(Locale.ROOT);
  }
}
