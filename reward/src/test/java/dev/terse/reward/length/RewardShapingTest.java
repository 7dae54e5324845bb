package dev.terse.reward.length;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RewardShapingTest {

  /** A completion of {@code length} tokens, four of which are its answer. */
  private static Measured right(int length) {
    return new Measured(1, true, true, length - 4, 4, length / 10, length / 20);
  }

  private static Measured wrong(int length) {
    return new Measured(0, false, true, length - 4, 4, 0, 1);
  }

  private static double[] shaped(List<Measured> group, Object... rules) {
    return new RewardShaping(1, LengthRule.of(List.of(rules))).of(List.of(group)).get(0);
  }

  private static final List<Measured> GROUP = List.of(right(10), right(20), wrong(100), right(40));

  @Test
  void passRate_longestRightOne_losesWeightTimesPassRate() {
    assertThat(shaped(GROUP, Map.of("rule", "pass_rate")))
        .containsExactly(
            new double[] {1 - 0.2 * 0.75 * 10 / 40, 1 - 0.2 * 0.75 * 20 / 40, 0, 1 - 0.2 * 0.75},
            within(1e-12));
  }

  @Test
  void groupRelative_isCentredOverRightOnes() {
    double[] found = shaped(GROUP, Map.of("rule", "group_relative", "weight", 0.3));
    double mean = (1 + 2 / 3.0 + 0) / 3; // u = 1, 2/3, 0
    assertThat(found)
        .containsExactly(
            new double[] {
              1 + 0.3 * (1 - mean), 1 + 0.3 * (2 / 3.0 - mean), 0, 1 + 0.3 * (0 - mean)
            },
            within(1e-12));
    assertThat(Arrays.stream(found).sum()).isCloseTo(3, within(1e-12));
  }

  /** Median 11, MAD 1: 0.6745 · (40 - 11) is far beyond 2.5; short outliers pay nothing. */
  @Test
  void zmad_longOutlier_paysAFlatPenalty() {
    List<Measured> group = List.of(right(10), right(11), right(12), right(40), right(10));
    assertThat(shaped(group, Map.of("rule", "zmad"))).containsExactly(1, 1, 1, 0.9, 1);
    List<Measured> shortOne = List.of(right(100), right(101), right(102), right(5), right(103));
    assertThat(shaped(shortOne, Map.of("rule", "zmad"))).containsOnly(1);
  }

  /** MAD 1 of a median of 101 is below 1.5 %: no outliers are told. */
  @Test
  void zmad_deviationTooSmall_isOff() {
    List<Measured> group = List.of(right(100), right(101), right(102), right(140), right(100));
    assertThat(shaped(group, Map.of("rule", "zmad"))).containsOnly(1);
  }

  @Test
  void band_isLinearBetweenItsEnds() {
    assertThat(
            shaped(
                List.of(right(10), right(20), right(25), right(30), right(90), wrong(90)),
                Map.of("rule", "band", "a", 20, "b", 30, "weight", 0.4)))
        .containsExactly(new double[] {1, 1, 0.8, 0.6, 0.6, 0}, within(1e-12));
  }

  /** Kimi compares with wrong ones too: here the longest of all is wrong. */
  @Test
  void kimi_isOfAllCompletions() {
    assertThat(shaped(GROUP, Map.of("rule", "kimi", "weight", 0.6)))
        .containsExactly(
            new double[] {1 + 0.3, 1 + 0.6 * (0.5 - 10 / 90.0), 0, 1 + 0.6 * (0.5 - 30 / 90.0)},
            within(1e-12));
  }

  /** Three of four are right: cos(3π/8). A group without a wrong one is pressed on fully. */
  @Test
  void pace_isKimisTimesHowEasyThePromptIs_andFadesWithTheUpdates() {
    double easy = 1 - Math.cos(0.75 * Math.PI / 2);
    double[] once = {1 + 0.5 * easy, 1 + easy * (0.5 - 10 / 90.0), 0, 1 + easy * (0.5 - 30 / 90.0)};
    assertThat(shaped(GROUP, Map.of("rule", "pace"))).containsExactly(once, within(1e-12));
    assertThat(shaped(List.of(right(10), right(20)), Map.of("rule", "pace")))
        .containsExactly(new double[] {1.5, 0.5}, within(1e-12));
    RewardShaping pace =
        new RewardShaping(1, LengthRule.of(List.of(Map.of("rule", "pace", "decay_steps", 40))));
    assertThat(pace.at(10).of(List.of(GROUP)).get(0))
        .containsExactly(
            new double[] {1 + 0.75 * 0.5 * easy, faded(once[1]), 0, faded(once[3])}, within(1e-12));
    assertThat(pace.at(40).of(List.of(GROUP)).get(0)).containsExactly(1, 1, 0, 1);
    assertThat(pace.at(90).of(List.of(GROUP)).get(0)).containsExactly(1, 1, 0, 1);
    RewardShaping kimi = new RewardShaping(1, LengthRule.of(List.of(Map.of("rule", "kimi"))));
    assertThat(kimi.at(900)).isEqualTo(kimi);
    assertThatThrownBy(() -> LengthRule.of(List.of(Map.of("rule", "pace", "decay_steps", 0))))
        .hasMessageContaining("length_penalty pace: decay_steps must be above 0");
  }

  /** What is left of a reward's change a quarter of the way. */
  private static double faded(double reward) {
    return 1 + 0.75 * (reward - 1);
  }

  @Test
  void sigmoid_isOfDeviationsFromTheRightOnes() {
    double mean = 70 / 3.0;
    double std =
        Math.sqrt((Math.pow(10 - mean, 2) + Math.pow(20 - mean, 2) + Math.pow(40 - mean, 2)) / 2);
    double[] found = shaped(GROUP, Map.of("rule", "sigmoid", "weight", 0.4));
    assertThat(found[3]).isCloseTo(1 - 0.4 / (1 + Math.exp(-(40 - mean) / std)), within(1e-12));
    assertThat(shaped(List.of(right(10), wrong(3)), Map.of("rule", "sigmoid", "weight", 0.4)))
        .containsExactly(0.8, 0);
  }

  @Test
  void cosine_fallsFromNothingToItsWeight() {
    assertThat(
            shaped(
                List.of(right(4), right(50), right(100), right(999)),
                Map.of("rule", "cosine", "max_length", 100)))
        .containsExactly(
            new double[] {1 - 0.25 * (1 - Math.cos(Math.PI * 0.04)), 0.75, 0.5, 0.5},
            within(1e-12));
  }

  @Test
  void laser_paysForEachWithinTheTarget() {
    assertThat(shaped(GROUP, Map.of("rule", "laser", "target", 20)))
        .containsExactly(1.5, 1.5, 0, 1);
  }

  /**
   * An easy prompt of three (two thirds right, so K = 2) and a hard one (none right: K = 1). Half
   * of the easy ones' completions have ended by 20; the hard one's budget is its longest.
   */
  @Test
  void laserD_budgetsAreOfTheClass() {
    List<Measured> easy = List.of(right(10), right(20), wrong(30));
    List<Measured> hard = List.of(wrong(50), wrong(60), wrong(70));
    List<Measured> medium = List.of(right(80), wrong(20), wrong(40));
    List<double[]> found =
        new RewardShaping(1, LengthRule.of(List.of(Map.of("rule", "laser_d"))))
            .of(List.of(easy, hard, medium));
    assertThat(found.get(0)).containsExactly(1.5, 1.5, 0);
    assertThat(found.get(1)).containsOnly(0);
    assertThat(found.get(2)).containsExactly(1.5, 0, 0); // K = 1: the longest of its class
    List<Measured> long3 = List.of(right(21), right(30), wrong(10));
    assertThat(
            new RewardShaping(1, LengthRule.of(List.of(Map.of("rule", "laser_d"))))
                .of(List.of(easy, long3))
                .get(1))
        .containsExactly(1, 1, 0); // six easy ones: 10 10 20 21 30 30, the third ends at 20
  }

  @Test
  void channels_countWhatTheySay() {
    Measured one = new Measured(1, true, true, 30, 10, 3, 7);
    Measured two = new Measured(1, true, true, 15, 20, 6, 14);
    Map<String, double[]> expected =
        Map.of(
            "total", new double[] {0, 1 - 35 / 40.0},
            "thinking", new double[] {0, 0.5},
            "answer", new double[] {0.5, 0},
            "skips", new double[] {0.5, 0},
            "steps", new double[] {0.5, 0});
    expected.forEach(
        (channel, rewards) ->
            assertThat(
                    shaped(
                        List.of(one, two),
                        Map.of("rule", "pass_rate", "weight", 1, "channel", channel)))
                .as(channel)
                .containsExactly(rewards, within(1e-12)));
  }

  /** Two penalties of 0.8 take a right one's reward, and do not make it less than a wrong one's. */
  @Test
  void penalties_thatAddUp_stopAtZero() {
    Map<String, Object> much = Map.of("rule", "pass_rate", "weight", 0.8);
    assertThat(shaped(List.of(right(40), right(40)), much, much)).containsOnly(0);
  }

  @Test
  void wrongCutAbsentAndNegativeOnes_areLeftAlone() {
    List<Measured> group =
        List.of(
            right(20),
            wrong(5),
            new Measured(0.7, true, false, 96, 4, 0, 0),
            new Measured(Double.NaN, true, true, 6, 4, 0, 0),
            new Measured(-1, true, true, 6, 4, 0, 0));
    double[] found =
        new RewardShaping(0.5, LengthRule.of(List.of(Map.of("rule", "pass_rate", "weight", 1))))
            .of(List.of(group))
            .get(0);
    assertThat(found).containsExactly(1 - 2 / 4.0, 0, 0.35, Double.NaN, -1);
  }

  @Test
  void rules_ofAnAllWrongGroup_changeNothing() {
    List<Object> all = new ArrayList<>();
    for (String rule : LengthFormula.keys()) {
      all.add(
          Map.of(
                  "band", Map.of("rule", rule, "a", 1, "b", 2),
                  "cosine", Map.of("rule", rule, "max_length", 10),
                  "laser", Map.of("rule", rule, "target", 10))
              .getOrDefault(rule, Map.of("rule", rule)));
    }
    assertThat(all).hasSize(10);
    assertThat(shaped(List.of(wrong(10), wrong(20)), all.toArray())).containsOnly(0);
  }

  @Test
  void strength_scalesTheWeight() {
    RewardShaping half =
        new RewardShaping(1, LengthRule.of(List.of(Map.of("rule", "pass_rate", "weight", 0.4))))
            .times(0.5);
    assertThat(half.of(List.of(List.of(right(30)))).get(0)).containsExactly(0.8);
  }

  @Test
  void entries_thatAreWrong_areNamed() {
    assertThatThrownBy(() -> LengthRule.of(List.of("pass_rate")))
        .hasMessageContaining("must be a map such as {rule: pass_rate, weight: 0.2}");
    assertThatThrownBy(() -> LengthRule.of(List.of(Map.of("weight", 1))))
        .hasMessageContaining("an entry needs a rule, one of pass_rate, group_relative, zmad");
    assertThatThrownBy(() -> LengthRule.of(List.of(Map.of("rule", "zmad", "treshold", 2))))
        .hasMessageContaining("unknown key of length_penalty zmad 'treshold'")
        .hasMessageContaining("did you mean 'threshold'?");
    assertThatThrownBy(() -> LengthRule.of(List.of(Map.of("rule", "kimi", "channel", "chars"))))
        .hasMessageContaining("unknown length_penalty channel 'chars'");
    assertThatThrownBy(() -> LengthRule.of(List.of(Map.of("rule", "laser"))))
        .hasMessageContaining("length_penalty laser: target must be given");
    assertThatThrownBy(() -> LengthRule.of(List.of(Map.of("rule", "kimi", "weight", "much"))))
        .hasMessageContaining("length_penalty kimi: weight must be a number, was 'much'");
    assertThatThrownBy(() -> LengthRule.of(List.of(Map.of("rule", "kimi", "weight", -1))))
        .hasMessageContaining("weight must be in [0, 1e6], was -1");
    assertThatThrownBy(() -> LengthRule.of(List.of(Map.of("rule", "band", "a", 5, "b", 5))))
        .hasMessageContaining("length_penalty band: a must be below b, was 5.0");
  }
}
