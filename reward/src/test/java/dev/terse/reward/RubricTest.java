package dev.terse.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class RubricTest {
  private static final Sample SAMPLE = new Sample("t</think>5", "5", new int[100], true, 0, 0, 0);

  @Test
  void score_weightsAndOrder_areKept() {
    var score = rubric(Gate.NONE, true, term("b", s -> 2), term("a", s -> 3)).score(SAMPLE);
    assertThat(score.total()).isEqualTo(5);
    assertThat(score.terms().keySet()).containsExactly("b", "a");
  }

  @Test
  void score_termWithNothingToSay_isLeftOut() {
    var score =
        rubric(Gate.NONE, true, term("a", s -> Double.NaN), term("b", s -> 3)).score(SAMPLE);
    assertThat(score.total()).isEqualTo(3);
    assertThat(score.terms().get("a")).isNaN();
  }

  @Test
  void score_nothingSaidAtAll_isAbsentAndCounted() {
    var rubric = rubric(Gate.NONE, true, term("a", s -> Double.NaN));
    assertThat(rubric.score(SAMPLE).total()).isNaN();
    assertThat(rubric.failures().count()).isEqualTo(1);
    assertThat(rubric.failures().firstCause()).contains("no reward had anything to say");
  }

  @Test
  void score_termThrows_isAbsentCountedAndTheFirstCauseKept() {
    var rubric = rubric(Gate.NONE, true, term("fine", s -> 1), term("bad", RubricTest::explode));
    for (int i = 0; i < 3; i++) {
      var score = rubric.score(SAMPLE);
      assertThat(score.total()).isNaN();
      assertThat(score.terms().get("fine")).isEqualTo(1);
    }
    assertThat(rubric.failures())
        .isEqualTo(new Rubric.Failures(3, "reward 'bad' failed: IllegalStateException: boom"));
  }

  @Test
  void score_errorsAndInfinities_areFailuresToo() {
    var deep = rubric(Gate.NONE, true, term("deep", RubricTest::recurse));
    assertThat(deep.score(SAMPLE).total()).isNaN();
    assertThat(deep.failures().firstCause()).contains("StackOverflowError");
    var infinite = rubric(Gate.NONE, true, term("inf", s -> Double.POSITIVE_INFINITY));
    assertThat(infinite.score(SAMPLE).total()).isNaN();
    assertThat(infinite.failures().firstCause())
        .isEqualTo("reward 'inf' gave Infinity, beyond ±1e6");
    // Finite, but its square is not: it would end the run with NaN in all advantages.
    var huge = rubric(Gate.NONE, true, term("huge", s -> -1e308));
    assertThat(huge.score(SAMPLE).total()).isNaN();
    assertThat(huge.failures().firstCause()).isEqualTo("reward 'huge' gave -1.0E308, beyond ±1e6");
    assertThat(rubric(Gate.NONE, true, term("large", s -> 1e6)).score(SAMPLE).total())
        .isEqualTo(1e6);
  }

  @Test
  void score_gated_paysRightAnswersOnly() {
    assertThat(rubric(Gate.CORRECT, true, term("a", s -> 2)).score(SAMPLE).total()).isEqualTo(2);
    assertThat(rubric(Gate.CORRECT, false, term("a", s -> 2)).score(SAMPLE).total()).isZero();
    assertThat(rubric(Gate.CORRECT, false, term("a", s -> -2)).score(SAMPLE).total()).isZero();
  }

  @Test
  void rubric_noTermsOrTwins_isRefused() {
    assertThatThrownBy(() -> rubric(Gate.NONE, true))
        .hasMessage("a rubric needs a reward term: set reward_funcs");
    assertThatThrownBy(() -> rubric(Gate.NONE, true, term("a", s -> 1), term("a", s -> 1)))
        .hasMessage("reward names must differ, found [a, a]");
    assertThatThrownBy(() -> new Rubric.Weighted(term("a", s -> 1), Double.NaN))
        .hasMessage("weight of reward 'a' must be within ±1e6, was NaN");
  }

  private static double explode(Sample sample) {
    throw new IllegalStateException("boom");
  }

  private static double recurse(Sample sample) {
    return recurse(sample) + 1;
  }

  private static Rubric rubric(Gate gate, boolean right, RewardTerm... terms) {
    var weighted = Arrays.stream(terms).map(t -> new Rubric.Weighted(t, 1)).toList();
    return new Rubric(List.copyOf(weighted), gate, term("right", s -> right ? 1 : 0));
  }

  private static RewardTerm term(String name, ToDoubleFunction<Sample> value) {
    return new RewardTerm() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public double of(Sample sample) {
        return value.applyAsDouble(sample);
      }
    };
  }
}
