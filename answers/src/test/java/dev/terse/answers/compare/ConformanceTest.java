package dev.terse.answers.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.answers.ConformanceRows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The conformance set: pairs that mean the same, and pairs that must not be paid. Of the latter,
 * those marked "unknown" must not be called different either: they may mean the same.
 */
class ConformanceTest {
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
    for (var row : ConformanceRows.of(file)) {
      String gold = row.get("gold").asText();
      String prediction = row.get("prediction").asText();
      String expect = row.get("expect").asText();
      var there = Equivalence.compare(gold, prediction);
      var back = Equivalence.compare(prediction, gold);
      boolean asExpected =
          expect.equals("unknown")
              ? there.verdict() == Verdict.UNKNOWN
              : (there.verdict() == Verdict.EQUAL) == expect.equals("equal");
      if (!asExpected || there.verdict() != back.verdict()) {
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
}
