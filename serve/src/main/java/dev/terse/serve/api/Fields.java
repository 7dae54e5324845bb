package dev.terse.serve.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.Quote;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields of a request. Every field that is there must be asked for, or {@link #requireAllRead}
 * refuses the request: nothing that a client wrote is dropped without a word.
 */
public final class Fields {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final ObjectNode json;
  private final String place; // of the object in the request, with its dot; empty for the whole
  private final Set<String> read = new HashSet<>();

  private Fields(ObjectNode json, String place) {
    this.json = json;
    this.place = place;
  }

  /**
   * Reads the body of a request.
   *
   * @throws ApiException if it is no JSON object
   */
  public static Fields of(byte[] body) {
    try {
      JsonNode json = JSON.readTree(body);
      if (json instanceof ObjectNode object) {
        return new Fields(object, "");
      }
      throw ApiException.invalid(
          null, "the body must be a JSON object, was " + Quote.of(String.valueOf(json)));
    } catch (JsonProcessingException e) {
      String where =
          e.getLocation() == null
              ? ""
              : " (line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr()
                  + ")";
      throw ApiException.invalid(null, "the body is no JSON: " + e.getOriginalMessage() + where);
    } catch (IOException e) {
      throw ApiException.invalid(null, "the body is no JSON: " + e.getMessage());
    }
  }

  /** A request without a body. */
  public static Fields none() {
    return new Fields(JSON.createObjectNode(), "");
  }

  private static String found(JsonNode node) {
    return Quote.of(node.toString());
  }

  /** The value of a field; null where it is absent or null. */
  public JsonNode get(String name) {
    read.add(name);
    JsonNode value = json.get(name);
    return value == null || value.isNull() ? null : value;
  }

  private ApiException wrong(String name, String expected, JsonNode value) {
    return ApiException.invalid(
        place + name, place + name + " must be " + expected + ", was " + found(value));
  }

  /** A text; null where it is absent. */
  public String text(String name) {
    JsonNode value = get(name);
    if (value != null && !value.isTextual()) {
      throw wrong(name, "a string", value);
    }
    return value == null ? null : value.textValue();
  }

  /** A boolean. */
  public boolean bool(String name, boolean otherwise) {
    JsonNode value = get(name);
    if (value != null && !value.isBoolean()) {
      throw wrong(name, "true or false", value);
    }
    return value == null ? otherwise : value.booleanValue();
  }

  /** A whole number within bounds; null where it is absent. */
  public Long whole(String name, long least, long most) {
    JsonNode value = get(name);
    if (value == null) {
      return null;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong(name, "an integer", value);
    }
    if (value.longValue() < least || value.longValue() > most) {
      throw wrong(name, "an integer from " + least + " to " + most, value);
    }
    return value.longValue();
  }

  /** A whole number within bounds. */
  public int whole(String name, int least, int most, int otherwise) {
    Long value = whole(name, least, most);
    return value == null ? otherwise : value.intValue();
  }

  /** A number within bounds. */
  public double number(String name, double least, double most, double otherwise) {
    JsonNode value = get(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.isNumber() || !(value.doubleValue() >= least && value.doubleValue() <= most)) {
      throw wrong(name, "a number from " + least + " to " + most, value);
    }
    return value.doubleValue();
  }

  /** Texts: one or a list; none where it is absent. */
  public List<String> texts(String name, int most) {
    JsonNode value = get(name);
    List<String> texts = new ArrayList<>();
    if (value != null) {
      for (JsonNode text : value.isArray() ? value : List.of(value)) {
        if (!text.isTextual() || text.textValue().isEmpty()) {
          throw wrong(name, "a string or a list of strings, none empty", value);
        }
        texts.add(text.textValue());
      }
    }
    if (texts.size() > most) {
      throw ApiException.invalid(
          place + name,
          place + name + " must have at most " + most + " texts, has " + texts.size());
    }
    return texts;
  }

  /** An object; null where it is absent. */
  public Fields object(String name) {
    JsonNode value = get(name);
    if (value != null && !value.isObject()) {
      throw wrong(name, "an object", value);
    }
    return value == null ? null : new Fields((ObjectNode) value, place + name + ".");
  }

  /** A list; null where it is absent. */
  public List<JsonNode> list(String name) {
    JsonNode value = get(name);
    if (value != null && !value.isArray()) {
      throw wrong(name, "a list", value);
    }
    List<JsonNode> items = new ArrayList<>();
    if (value != null) {
      value.forEach(items::add);
    }
    return value == null ? null : items;
  }

  /** The objects of a list. */
  public List<Fields> objects(String name) {
    List<JsonNode> items = list(name);
    List<Fields> objects = new ArrayList<>();
    for (int i = 0; items != null && i < items.size(); i++) {
      if (!(items.get(i) instanceof ObjectNode object)) {
        throw wrong(name, "a list of objects", items.get(i));
      }
      objects.add(new Fields(object, place + name + "[" + i + "]."));
    }
    return objects;
  }

  /** Values by name, as templates see them; empty where it is absent. */
  public Map<String, Object> map(String name) {
    Fields value = object(name);
    return value == null
        ? Map.of()
        : JSON.convertValue(
            value.json,
            JSON.getTypeFactory().constructMapType(Map.class, String.class, Object.class));
  }

  /** All of the object as plain values, whatever was asked for. */
  public Map<String, Object> values() {
    json.fieldNames().forEachRemaining(read::add);
    return JSON.convertValue(
        json, JSON.getTypeFactory().constructMapType(Map.class, String.class, Object.class));
  }

  /** Token ids; null where it is absent. */
  public int[] ids(String name, int vocabulary) {
    JsonNode value = get(name);
    return value == null ? null : ids(name, value, vocabulary);
  }

  int[] ids(String name, JsonNode value, int vocabulary) {
    if (!value.isArray()) {
      throw wrong(name, "a list of token ids", value);
    }
    int[] ids = new int[value.size()];
    for (int i = 0; i < ids.length; i++) {
      JsonNode id = value.get(i);
      if (!id.isInt() || id.intValue() < 0 || id.intValue() >= vocabulary) {
        throw ApiException.invalid(
            place + name,
            place
                + name
                + " must have token ids from 0 to "
                + (vocabulary - 1)
                + ", found "
                + found(id)
                + " at "
                + i);
      }
      ids[i] = id.intValue();
    }
    return ids;
  }

  /** Fields that OpenAI has and that change nothing here: who asks, and where it is filed. */
  public Fields ignore(String... names) {
    read.addAll(List.of(names));
    return this;
  }

  /**
   * Refuses what this server does not do.
   *
   * @param harmless values that ask for nothing, as JSON
   */
  public void refuse(String name, String reason, String... harmless) {
    JsonNode value = get(name);
    if (value != null && !List.of(harmless).contains(value.toString())) {
      throw ApiException.invalid(
          place + name, place + name + " " + found(value) + " is not supported: " + reason);
    }
  }

  /**
   * @throws ApiException if there is a field that nobody has asked for
   */
  public void requireAllRead() {
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!read.contains(name)) {
                throw ApiException.invalid(
                    place + name,
                    "unknown key "
                        + Quote.of(place + name)
                        + "; docs/commands/serve.md lists the keys");
              }
            });
  }
}
