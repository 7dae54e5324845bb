package dev.terse.answers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The rows of the conformance set. */
public final class ConformanceRows {
  private ConformanceRows() {}

  /**
   * @param file equivalent.jsonl, exploits.jsonl or hostile.jsonl
   */
  public static List<JsonNode> of(String file) throws IOException {
    var json = new ObjectMapper();
    var rows = new ArrayList<JsonNode>();
    var stream = ConformanceRows.class.getResourceAsStream("/conformance/" + file);
    try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        rows.add(json.readTree(line));
      }
    }
    return rows;
  }

  /** The prediction of a row of hostile.jsonl, which is written as parts and how often each. */
  public static String hostileText(JsonNode row) {
    var text = new StringBuilder();
    for (var part : row.get("prediction")) {
      text.append(part.get(0).asText().repeat(part.get(1).asInt()));
    }
    return text.toString();
  }
}
