package dev.terse.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.terse.lab.chart.Ink;
import dev.terse.lab.statistics.PairedComparison.Spread;
import org.junit.jupiter.api.Test;

class FindingsTest {
  private static final ArmResult BASE = SmallReport.base();

  private static String training(ArmResult trained) {
    return Findings.ofTraining(ArmSummary.of(trained, BASE, 42), ArmSummary.ofBase(BASE));
  }

  private static String control(ArmResult low, ArmResult control) {
    return Findings.ofControl(low, control, "random", "steps", 42);
  }

  private static ArmResult right(int from, int to, int tokens) {
    return SmallReport.arm("SFT+GRPO", Ink.GRPO, i -> i >= from && i < to, tokens, 2);
  }

  @Test
  void wilson_knownShares_isWilsons() {
    // Newcombe 1998, Statistics in Medicine 17, table I, method 3.
    assertInterval(ArmSummary.wilson(81, 263), 0.2553, 0.3662);
    assertInterval(ArmSummary.wilson(15, 148), 0.0624, 0.1605);
    assertInterval(ArmSummary.wilson(0, 20), 0, 0.1611);
    assertInterval(ArmSummary.wilson(1, 29), 0.0061, 0.1718);
    assertInterval(ArmSummary.wilson(20, 20), 1 - 0.1611, 1);
  }

  private static void assertInterval(Spread interval, double low, double high) {
    assertThat(interval.low()).isCloseTo(low, within(5e-5));
    assertThat(interval.high()).isCloseTo(high, within(5e-5));
  }

  @Test
  void training_fewerTokensAndLikeAccuracy_saysBoth() {
    assertThat(training(right(2, 180, 50)))
        .startsWith("SFT+GRPO thinks with 49.5 % fewer tokens than the base (95 % interval ")
        .contains(
            "its accuracy is not significantly different: 89.0 % against 90.0 %, -1.0 points [")
        .endsWith("McNemar p = 0.50, 200 problems.");
  }

  @Test
  void training_lessAccurate_saysSo() {
    assertThat(training(right(0, 150, 50)))
        .contains("its accuracy is significantly lower: 75.0 % against 90.0 %")
        .endsWith("McNemar p < 0.0001, 200 problems.");
  }

  @Test
  void training_moreAccurate_saysSo() {
    assertThat(training(right(0, 200, 50))).contains("its accuracy is significantly higher");
  }

  @Test
  void training_asManyTokens_doesNotClaimAnythingSaved() {
    assertThat(training(right(0, 180, 100)))
        .startsWith("SFT+GRPO does not think shorter than the base (+0.0 %, 95 % interval");
    assertThat(training(right(0, 180, 120)))
        .startsWith("SFT+GRPO does not think shorter than the base (+19.8 %");
  }

  @Test
  void control_eachOutcome_hasItsVerdict() {
    assertThat(control(right(0, 150, 60), right(0, 110, 60)))
        .startsWith(
            "At equal steps, low-entropy pruning is better than random pruning here: 75.0 % right"
                + " against 55.0 % (+20.0 points [");
    assertThat(control(right(0, 150, 60), right(0, 149, 60)))
        .startsWith("At equal steps, low-entropy pruning is no better than random pruning here:");
    assertThat(control(right(0, 110, 60), right(0, 150, 50)))
        .startsWith("At equal steps, low-entropy pruning is worse than random pruning here:")
        .contains("with +19.6 % thinking tokens [");
  }
}
