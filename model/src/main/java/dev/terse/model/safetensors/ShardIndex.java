package dev.terse.model.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.JsonFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The text of model.safetensors.index.json: which array lies in which file.
 *
 * <pre>
 * Index --> JSON: {"metadata": {"total_size": Bytes}, "weight_map": {Name: File, …}}
 * File  --> a name in the index's own folder
 * </pre>
 */
final class ShardIndex {
  private ShardIndex() {}

  /** File name of each array, in the order of the index. */
  static Map<String, String> read(Path index) {
    JsonNode map = JsonFile.read(index).path("weight_map");
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
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.putObject("metadata").put("total_size", totalBytes);
    ObjectNode map = root.putObject("weight_map");
    fileOf.forEach(map::put);
    return JsonFile.text(root);
  }
}
