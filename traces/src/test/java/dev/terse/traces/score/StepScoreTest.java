package dev.terse.traces.score;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.traces.segment.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepScoreTest {
  private static final List<ScoredStep> STEPS =
      List.of(
          new ScoredStep(new Step(0, 4), 0, 4, 2, 2.0, 3.0, 0.5),
          new ScoredStep(new Step(4, 5), 4, 5, 0, 0, 0, 0));

  @Test
  void of_meanOfTwoAndZero_isOne() {
    assertThat(StepScore.ENTROPY_MEAN.of(STEPS)).containsExactly(1, 0);
  }

  @Test
  void of_everyScore_readsItsOwnNumber() {
    assertThat(StepScore.ENTROPY_SUM.of(STEPS)).containsExactly(2, 0);
    assertThat(StepScore.SURPRISAL_MEAN.of(STEPS)).containsExactly(1.5, 0);
    assertThat(StepScore.NEG_PLOGP_MEAN.of(STEPS)).containsExactly(0.25, 0);
    assertThat(StepScore.LENGTH.of(STEPS)).containsExactly(2, 0);
    assertThat(StepScore.POSITION.of(STEPS)).containsExactly(0, 1);
    assertThat(StepScore.NEG_PLOGP_MEAN.key()).isEqualTo("neg_plogp_mean");
  }
}
