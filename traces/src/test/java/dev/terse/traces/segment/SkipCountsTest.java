package dev.terse.traces.segment;

import static dev.terse.traces.segment.SkipCounts.SKIP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SkipCountsTest {

  @Test
  void of_marksAndSteps_areCountedApart() {
    assertThat(SkipCounts.of("[SKIP][SKIP]Kept.\n\n[SKIP]Kept too.\n\nAnd this.\n", SKIP))
        .isEqualTo(new SkipCounts(3, 3, 2));
  }

  @Test
  void of_marksBetweenBlankLines_areNoSteps() {
    assertThat(SkipCounts.of("[SKIP]\n\n[SKIP]\n\n[SKIP]\n\n", SKIP))
        .isEqualTo(new SkipCounts(0, 3, 3));
  }

  @Test
  void of_lastStepWithoutBlankLine_counts() {
    assertThat(SkipCounts.of("a\n\nb", SKIP)).isEqualTo(new SkipCounts(2, 0, 0));
    assertThat(SkipCounts.of(" \n\n ", SKIP)).isEqualTo(new SkipCounts(0, 0, 0));
  }

  @Test
  void ratio_eightSkipsAndTwoSteps_isFourFifths() {
    String thinking = "[SKIP]".repeat(8) + "a\n\nb";
    assertThat(SkipCounts.of(thinking, SKIP).ratio()).isEqualTo(0.8);
    assertThat(SkipCounts.of("", SKIP).ratio()).isZero();
  }

  @Test
  void of_blankMark_isRefused() {
    assertThatThrownBy(() -> SkipCounts.of("a", "")).hasMessageContaining("must not be blank");
  }
}
