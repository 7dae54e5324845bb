package dev.terse.reward.terms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.reward.Rubric;
import dev.terse.reward.Sample;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rewards of docs/method.md, section 7, with the consequences it lists. */
class PaperPresetTest {
  private static final String KEPT = "a step\n\n";
  private static final String SKIP = "[SKIP]";

  private final Rubric paper = RewardTerms.preset("paper", List.of(), RewardSettings.defaults());

  @Test
  void total_rightAndFourFifthsSkipped_isThree() {
    var score = paper.score(completion(2, 8, "\\boxed{5}", 100));
    assertThat(score.terms())
        .containsExactly(
            Map.entry("accuracy", 1.0),
            Map.entry("skip_ratio", 1.0),
            Map.entry("skip_count", 0.0),
            Map.entry("length_limit", 0.0));
    assertThat(score.total()).isEqualTo(3.0);
    assertThat(score.correct()).isTrue();
  }

  @Test
  void total_wrongButSkipping_stillEarnsTheRatio() {
    var score = paper.score(completion(2, 8, "\\boxed{6}", 100));
    assertThat(score.total()).isEqualTo(1.0);
    assertThat(score.correct()).isFalse();
  }

  @Test
  void total_worstCase_isMinusTwoInThePaperAndMinusThreeInTheCode() {
    var worst = completion(200, 101, "\\boxed{6}", 3501);
    assertThat(paper.score(worst).total()).isEqualTo(-2.0);
    var code =
        RewardTerms.preset("paper", List.of(), RewardSettings.of(Map.of("skip_penalty", -2)));
    assertThat(code.score(worst).total()).isEqualTo(-3.0);
  }

  @Test
  void skipRatio_atItsThresholds_changesThere() {
    assertThat(ratio(completion(1, 4, "", 1))).isEqualTo(1.0);
    assertThat(ratio(completion(5, 19, "", 1))).isEqualTo(0.5); // 19/24 = 0.79
    assertThat(ratio(completion(5, 5, "", 1))).isEqualTo(0.5);
    assertThat(ratio(completion(6, 5, "", 1))).isZero();
    assertThat(ratio(completion(0, 0, "", 1))).isZero();
  }

  @Test
  void skipCountAndLength_atTheirThresholds_punishOnlyBeyond() {
    assertThat(paper.score(completion(0, 100, "", 3500)).terms())
        .containsEntry("skip_count", 0.0)
        .containsEntry("length_limit", 0.0);
    assertThat(paper.score(completion(0, 101, "", 3501)).terms())
        .containsEntry("skip_count", -1.0)
        .containsEntry("length_limit", -1.0);
  }

  @Test
  void skipRatio_onlySkips_isOneAsInTheAuthorsCode() {
    assertThat(ratio(completion(0, 3, "", 1))).isEqualTo(1.0);
  }

  @Test
  void skipRatio_blankLineAfterEachSkip_countsThemAsKeptSteps() {
    // 8 skips each with a blank line and 2 kept steps: 8 / (10 + 8) = 0.44
    var thinking = (SKIP + "\n\n").repeat(8) + KEPT.repeat(2);
    assertThat(ratio(Samples.of(thinking + "</think>5", "5"))).isZero();
  }

  @Test
  void skipRatio_runsOfLineFeeds_areCountedWithoutOverlap() {
    // "\n\n\n" is one blank line, "\n\n\n\n" two: 2 skips of 2+1+2 = 0.4
    assertThat(ratio(Samples.of("a\n\n\nb\n\n\n\n" + SKIP.repeat(2) + "</think>5", "5"))).isZero();
    assertThat(ratio(Samples.of("a\n\n\n" + SKIP + "</think>5", "5"))).isEqualTo(0.5);
  }

  @Test
  void total_noThinkEnd_dropsTheLastCharacterAsTheAuthorsCodeDoes() {
    // The last mark loses its bracket, and the last character is the answer.
    var score = paper.score(Samples.of("a\n\n" + SKIP + SKIP, "5"));
    assertThat(score.terms().get("skip_ratio")).isEqualTo(0.5);
    assertThat(paper.score(Samples.of("a\n\n" + SKIP + "5", "5")).correct()).isTrue();
  }

  @Test
  void score_completionShorterThanItsIndex_isScored() {
    assertThat(paper.score(Samples.of("", "5")).total()).isZero();
    assertThat(paper.score(Samples.of("x", "5")).total()).isZero();
  }

  private double ratio(Sample sample) {
    return paper.score(sample).terms().get("skip_ratio");
  }

  private static Sample completion(int kept, int skips, String answer, int tokens) {
    return Samples.of(
        KEPT.repeat(kept) + SKIP.repeat(skips) + "\n</think>\n\n" + answer, "5", tokens);
  }
}
