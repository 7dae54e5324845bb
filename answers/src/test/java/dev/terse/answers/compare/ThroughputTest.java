package dev.terse.answers.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.answers.ConformanceRows;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pairs a second on one core over the conformance set, to hold beside Math-Verify's. */
@Tag("soak")
class ThroughputTest {
  private static final int ROUNDS = 30;

  @Test
  void compare_conformanceSet_printsItsSpeed() throws IOException {
    for (var file : new String[] {"equivalent.jsonl", "exploits.jsonl"}) {
      var rows = ConformanceRows.of(file);
      double[] millis = new double[rows.size()];
      long first = 0;
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < millis.length; i++) {
          String gold = rows.get(i).get("gold").asText();
          String prediction = rows.get(i).get("prediction").asText();
          long start = System.nanoTime();
          Equivalence.compare(gold, prediction);
          millis[i] = (System.nanoTime() - start) / 1e6;
        }
        first = round == 0 ? (long) Arrays.stream(millis).sum() : first;
      }
      double sum = Arrays.stream(millis).sum();
      Arrays.sort(millis);
      System.out.printf(
          Locale.ROOT,
          "%s: %.0f pairs/s, median %.4f ms, worst %.2f ms; first round, cold: %d ms for %d pairs%n",
          file,
          1000 * millis.length / sum,
          millis[millis.length / 2],
          millis[millis.length - 1],
          first,
          millis.length);
      assertThat(millis[millis.length - 1]).isLessThan(1000);
    }
  }
}
