package dev.terse.reward.terms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.reward.Rubric;
import dev.terse.reward.Sample;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafePresetTest {
  private final Rubric safe = RewardTerms.preset("safe", List.of(), RewardSettings.defaults());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "t\n</think>\n\\boxed{6}",
        "[SKIP][SKIP][SKIP]\n</think>\n\\boxed{6}",
        "t [SKIP] \\boxed{5}",
        "",
        "</think>"
      })
  void score_notRight_isExactlyZero(String completion) {
    for (int skips : new int[] {0, 4, 1000}) {
      var score = safe.score(new Sample(completion, "5", new int[10], true, 1, skips, skips));
      assertThat(score.total()).isZero();
      assertThat(score.correct()).isFalse();
    }
  }

  @Test
  void score_rightButCutByTheLimit_isZero() {
    var cut = new Sample("t\n</think>\n\\boxed{5} and", "5", new int[10], false, 1, 1, 1);
    assertThat(safe.score(cut).total()).isZero();
  }

  @Test
  void score_anyRightAnswer_beatsAnyWrongOne() {
    assertThat(safe.score(Samples.right(1_000_000, 1000, 0, 0)).total()).isEqualTo(1.0);
  }

  @Test
  void score_moreTokens_neverEarnsMore() {
    double last = Double.POSITIVE_INFINITY;
    for (int tokens = 0; tokens <= 5000; tokens += 50) {
      double total = safe.score(Samples.right(tokens, 4, 16, 4)).total();
      assertThat(total).isLessThanOrEqualTo(last).isBetween(1.0, 1.5);
      last = total;
    }
  }

  @Test
  void score_tokensSaved_risesWithoutCliff() {
    double before = safe.score(Samples.right(3501, 4, 0, 0)).total();
    double after = safe.score(Samples.right(3499, 4, 0, 0)).total();
    assertThat(after).isGreaterThan(before).isLessThan(before + 0.001);
  }

  @Test
  void score_onlySkips_earnsNoMoreThanTheRightAnswer() {
    assertThat(safe.score(Samples.right(10, 0, 8, 8)).total()).isEqualTo(1.0);
  }

  @Test
  void score_stuffedWithSkips_earnsNothingForThem() {
    double honest = safe.score(Samples.right(500, 4, 16, 4)).total();
    double beyondRatio = safe.score(Samples.right(510, 4, 26, 4)).total();
    double longRun = safe.score(Samples.right(540, 4, 56, 40)).total();
    double beyondCount = safe.score(Samples.right(600, 24, 101, 5)).total();
    double none = safe.score(Samples.right(600, 24, 0, 0)).total();
    assertThat(beyondRatio).isLessThan(honest);
    assertThat(longRun).isLessThan(honest);
    assertThat(beyondCount).isEqualTo(none);
  }

  @Test
  void score_stuffedWithKeptSteps_neverEarnsMore() {
    double last = Double.POSITIVE_INFINITY;
    for (int steps = 1; steps < 100; steps++) {
      double total = safe.score(Samples.right(500, steps, 20, 5)).total();
      assertThat(total).isLessThanOrEqualTo(last);
      last = total;
    }
  }

  @Test
  void score_stuffedWithRawBlankLines_isUnchanged() {
    var plain = new Sample("t</think>\\boxed{5}", "5", new int[100], true, 1, 4, 4);
    var stuffed = new Sample("t\n\n\n\n\n\n</think>\\boxed{5}", "5", new int[100], true, 1, 4, 4);
    assertThat(safe.score(stuffed).total()).isEqualTo(safe.score(plain).total());
  }

  @Test
  void describe_namesTheSum() {
    assertThat(RewardTerms.preset("safe", List.of(), RewardSettings.defaults()).describe())
        .isEqualTo(
            "1.0 x accuracy + 0.25 x skip_share + 0.25 x token_saving, nothing for a wrong answer");
  }
}
