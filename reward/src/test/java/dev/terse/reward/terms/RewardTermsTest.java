package dev.terse.reward.terms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RewardTermsTest {

  @Test
  void byName_everyListedName_givesATermOfThatName() {
    for (String name : RewardTerms.NAMES) {
      assertThat(RewardTerms.byName(name, RewardSettings.defaults()).name()).isEqualTo(name);
    }
  }

  @Test
  void byName_misspelt_suggestsTheNearest() {
    assertThatThrownBy(() -> RewardTerms.byName("skip_ration", RewardSettings.defaults()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "unknown reward_funcs entry 'skip_ration' (did you mean 'skip_ratio'?); known: accuracy,");
  }

  @Test
  void preset_unknown_namesTheKnown() {
    assertThatThrownBy(() -> RewardTerms.preset("papre", List.of(), RewardSettings.defaults()))
        .hasMessage("unknown reward_preset 'papre' (did you mean 'paper'?); known: paper, safe");
  }

  @Test
  void rubric_wrongNumberOfWeights_isRefused() {
    assertThatThrownBy(
            () ->
                RewardTerms.rubric(
                    List.of("accuracy", "length_limit"), List.of(1.0), RewardSettings.defaults()))
        .hasMessage(
            "reward_weights must have one entry for each of [accuracy, length_limit], found 1: [1.0]");
  }

  @Test
  void settings_unknownKeys_areAllNamed() {
    assertThatThrownBy(() -> RewardSettings.of(Map.of("tau_skp", 3)))
        .hasMessageContaining("unknown reward setting 'tau_skp' (did you mean 'tau_skip'?)");
    assertThatThrownBy(() -> RewardSettings.of(Map.of("tau_skip", "many")))
        .hasMessage("tau_skip must be a number, was 'many'");
    assertThatThrownBy(() -> RewardSettings.of(Map.of("kappa_low", 0.9)))
        .hasMessage("kappa_low must not exceed kappa_high 0.8, was 0.9");
    assertThatThrownBy(() -> RewardSettings.of(Map.of("answer_policy", "strikt")))
        .hasMessageContaining("did you mean 'strict'?");
  }

  @ParameterizedTest
  @CsvSource({"80, 0.0", "90, -0.5", "100, -1.0", "101, -1.0", "0, 0.0"})
  void softOverlong_trlExample_agrees(int tokens, double expected) {
    var term = new SoftOverlong("soft_overlong", 100, 20);
    assertThat(term.of(Samples.of("x", "5", tokens))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 5, 1.0",
    "50, 5, 0.75",
    "100, 5, 0.5",
    "500, 5, 0.5",
    "0, 6, -1.0",
    "50, 6, -0.75",
    "100, 6, -0.5",
    "500, 6, -0.5"
  })
  void cosineLength_trlSchedule_agrees(int tokens, String answer, double expected) {
    var settings =
        RewardSettings.of(
            Map.of(
                "max_completion_len", 100, "soft_punish_cache", 0, "answer_policy", "whole_text"));
    var term = RewardTerms.byName("cosine_length", settings);
    assertThat(term.of(Samples.of(answer, "5", tokens))).isCloseTo(expected, within(1e-12));
  }

  @Test
  void repetition_trlExamples_agree() {
    var term = new Repetition(Repetition.Units.WORDS, 2, -1);
    assertThat(term.of(Samples.of("1 2 3 4", "5"))).isZero();
    assertThat(term.of(Samples.of("5 5 5 5 5", "5"))).isEqualTo(-0.75);
    assertThat(term.of(Samples.of("5", "5"))).isZero();
    assertThat(term.of(Samples.of("", "5"))).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "'<think>a</think>b', 1, 1", "'a</think>b', 1, 1", "'a</think>', 1, 0",
    "'</think>b', 1, 0", "'a</think>b</think>c', 0, 0", "'a b', 0, 0",
    "'a<think>b</think>c', 0, 0", "'<think></think>b', 1, 0"
  })
  void tags_wellFormedOrNot_areTold(String completion, double tag, double format) {
    assertThat(new ThinkTag().of(Samples.of(completion, "5"))).isEqualTo(tag);
    assertThat(new ThinkAnswer().of(Samples.of(completion, "5"))).isEqualTo(format);
  }

  @Test
  void accuracy_noGold_hasNothingToSay() {
    var term = RewardTerms.byName("accuracy", RewardSettings.defaults());
    assertThat(term.of(Samples.of("</think>5", " "))).isNaN();
    assertThat(term.of(Samples.of("</think>5", "5"))).isEqualTo(1);
    assertThat(term.of(Samples.of("5", "5"))).isZero();
  }

  /** A chain that is cut names its intermediate values last; they are not marked. */
  @Test
  void accuracy_intermediateValueOfACutChain_isNotPaid() {
    var term = RewardTerms.byName("accuracy", RewardSettings.defaults());
    assertThat(term.of(Samples.of("so 3x = 36, hence x = 12", "12"))).isZero();
    assertThat(term.of(Samples.of("so 3x = 36</think>so x = 12", "12"))).isZero();
    assertThat(term.of(Samples.of("so 3x = 36</think>\\boxed{12}", "12"))).isEqualTo(1);
  }
}
