package dev.terse.model.weights;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The text of model.safetensors.index.json: which array lies in which file. */
final class ShardIndex {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private ShardIndex() {}

  /** File name of each array, in the order of the index. */
  static Map<String, String> read(Path index) {
    JsonNode map;
    try {
      map = MAPPER.readTree(Files.readString(index)).path("weight_map");
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          index + " is not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + index + ": " + e.getMessage(), e);
    }
    if (!map.isObject() || map.isEmpty()) {
      throw new IllegalArgumentException(index + " must have a weight_map with entries");
    }
    Map<String, String> fileOf = new LinkedHashMap<>();
    map.properties()
        .forEach(
            field -> {
              if (!field.getValue().isTextual()) {
                throw new IllegalArgumentException(
                    index + ": weight_map of '" + field.getKey() + "' must be a file name");
              }
              fileOf.put(field.getKey(), field.getValue().asText());
            });
    return fileOf;
  }

  /**
   * @param totalBytes bytes of all arrays
   */
  static String text(Map<String, String> fileOf, long totalBytes) {
    ObjectNode root = MAPPER.createObjectNode();
    root.putObject("metadata").put("total_size", totalBytes);
    ObjectNode map = root.putObject("weight_map");
    fileOf.forEach(map::put);
    return root.toPrettyString() + "\n";
  }
}
