package dev.terse.trainer.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairedComparisonTest {

  @Test
  void disputedProblems_decideTheTest_whateverTheirOrder() {
    List<EvalRecord> a = new ArrayList<>();
    List<EvalRecord> b = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      boolean rightA = i < 10;
      boolean rightB = i < 9 || i >= 13; // only A: 9; only B: 13 to 19
      a.add(record("p" + i, rightA, 100));
      b.add(record("p" + i, rightB, i % 2 == 0 ? 60 : 80));
    }
    Collections.reverse(b);
    PairedComparison comparison = PairedComparison.of(a, b);
    assertThat(comparison.onlyA()).isEqualTo(1);
    assertThat(comparison.onlyB()).isEqualTo(7);
    // 2 · (C(8,0) + C(8,1)) / 2^8
    assertThat(comparison.pValue()).isCloseTo(18.0 / 256, within(1e-12));
    assertThat(comparison.accuracyDifference().mean()).isCloseTo(0.3, within(1e-12));
    assertThat(comparison.tokenDifference().mean()).isCloseTo(-30, within(1e-12));
    // standard deviation of ten -40 and ten -20 is 10·sqrt(20/19); 1.96 of it over sqrt(20)
    assertThat(comparison.tokenDifference().high())
        .isCloseTo(-30 + 1.959964 * 10 * Math.sqrt(20.0 / 19) / Math.sqrt(20), within(1e-5));
  }

  @Test
  void sameRecords_differInNothing() {
    List<EvalRecord> records = List.of(record("x", true, 5), record("y", false, 7));
    PairedComparison comparison = PairedComparison.of(records, records);
    assertThat(comparison.pValue()).isEqualTo(1);
    assertThat(comparison.tokenDifference().mean()).isZero();
  }

  @Test
  void otherProblems_areRefused() {
    assertThatThrownBy(
            () -> PairedComparison.of(List.of(record("x", true, 5)), List.of(record("y", true, 5))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("problem 'x' is on one side only, or there twice");
    assertThatThrownBy(() -> PairedComparison.of(List.of(), List.of()))
        .hasMessage("a paired comparison needs the same problems on both sides, found 0 and 0");
  }

  private static EvalRecord record(String id, boolean correct, int tokens) {
    return new EvalRecord(id, EvalRecord.Status.OK, correct, "1", "1", tokens, 0, 1, 0, "text");
  }
}
