package dev.terse.reward.math;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.reward.Verdict;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The conformance set: pairs that mean the same, and pairs that must not be paid. */
class ConformanceTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void compare_equivalents_areEqualInBothDirections() throws IOException {
    var misses = misses("equivalent.jsonl");
    assertThat(misses).isEmpty();
  }

  @Test
  void compare_exploits_areNeverEqual() throws IOException {
    assertThat(misses("exploits.jsonl")).isEmpty();
  }

  private static List<String> misses(String file) throws IOException {
    var misses = new ArrayList<String>();
    for (var row : rows(file)) {
      String gold = row.get("gold").asText();
      String prediction = row.get("prediction").asText();
      boolean equal = row.get("expect").asText().equals("equal");
      var there = Equivalence.compare(gold, prediction);
      var back = Equivalence.compare(prediction, gold);
      if ((there.verdict() == Verdict.EQUAL) != equal || there.verdict() != back.verdict()) {
        misses.add(
            row.get("id").asText()
                + "  "
                + gold
                + "  |  "
                + prediction
                + "  "
                + there
                + " "
                + back.verdict());
      }
    }
    return misses;
  }

  static List<JsonNode> rows(String file) throws IOException {
    var rows = new ArrayList<JsonNode>();
    var stream = ConformanceTest.class.getResourceAsStream("/conformance/" + file);
    try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        rows.add(JSON.readTree(line));
      }
    }
    return rows;
  }
}
