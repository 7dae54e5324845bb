package dev.terse.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON as the plain values that a chat template reads. */
public final class JsonValues {
  private JsonValues() {}

  /** Text, number, boolean, null, list or map. */
  public static Object of(JsonNode json) {
    if (json.isObject()) {
      return map(json);
    }
    if (json.isArray()) {
      return list(json);
    }
    if (json.isIntegralNumber()) {
      return json.longValue();
    }
    if (json.isNumber()) {
      return json.doubleValue();
    }
    if (json.isBoolean()) {
      return json.booleanValue();
    }
    return json.isNull() ? null : json.asText();
  }

  /** The items of an array. */
  public static List<Object> list(JsonNode array) {
    List<Object> items = new ArrayList<>();
    array.forEach(item -> items.add(of(item)));
    return items;
  }

  /** The fields of an object, in order. */
  public static Map<String, Object> map(JsonNode object) {
    Map<String, Object> map = new LinkedHashMap<>();
    object.properties().forEach(entry -> map.put(entry.getKey(), of(entry.getValue())));
    return map;
  }
}
