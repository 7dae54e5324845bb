package dev.terse.traces.prune;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.traces.segment.Segmenter;
import org.junit.jupiter.api.Test;

class PlaceholderTest {
  private static final String THINKING = "a\n\nb\n\nc\n\nd\n\ne";
  private static final boolean[] PRUNED = {true, true, false, true, false};

  @Test
  void apply_perStep_marksEachStepAndKeepsTheRestToTheLetter() {
    assertThat(apply(Placeholder.perStep("[SKIP]"))).isEqualTo("[SKIP][SKIP]c\n\n[SKIP]e");
  }

  @Test
  void apply_otherPolicies_mergeOrDelete() {
    assertThat(apply(Placeholder.mergedRuns("[SKIP]"))).isEqualTo("[SKIP]c\n\n[SKIP]e");
    assertThat(apply(Placeholder.mergedRuns(""))).isEqualTo("c\n\ne");
    assertThat(apply(Placeholder.perStep(" and then "))).startsWith(" and then  and then c");
  }

  @Test
  void apply_nothingPruned_isTheThinkingItself() {
    assertThat(
            Placeholder.perStep("[SKIP]")
                .apply(THINKING, Segmenter.steps(THINKING), new boolean[5]))
        .isEqualTo(THINKING);
  }

  private static String apply(Placeholder placeholder) {
    return placeholder.apply(THINKING, Segmenter.steps(THINKING), PRUNED);
  }
}
