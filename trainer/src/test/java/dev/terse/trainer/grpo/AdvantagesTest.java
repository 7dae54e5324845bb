package dev.terse.trainer.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.terse.reward.Score;
import dev.terse.rollout.Completion;
import dev.terse.rollout.FinishReason;
import dev.terse.rollout.Group;
import dev.terse.traces.segment.SkipCounts;
import dev.terse.traces.segment.ThinkingRule;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.data.CompletionReading;
import dev.terse.trainer.grpo.episode.Judge;
import dev.terse.trainer.loss.advantage.GroupAdvantage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Advantages as keys ask for them. */
class AdvantagesTest {

  private static GrpoConfig config(String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model_name_or_path=none",
                "--dataset_name=none.jsonl",
                "--per_device_train_batch_size=4",
                "--num_generations=4"));
    arguments.addAll(List.of(more));
    return ConfigReader.read(null, arguments, GrpoConfig.class).config();
  }

  private static Judge.Reward reward(double raw, boolean correct, boolean finished, int tokens) {
    CompletionReading reading =
        new CompletionReading(
            new int[tokens],
            "",
            ThinkingRule.MARKS.of("a</think>b"),
            SkipCounts.of("", "[SKIP]"),
            tokens - 1,
            1,
            finished);
    return new Judge.Reward(reading, new Score(raw, Map.of(), correct));
  }

  /** Right and ended, right and cut, wrong and ended, wrong and cut. */
  private static final List<Judge.Reward> GROUP =
      List.of(
          reward(1, true, true, 10),
          reward(1, true, false, 20),
          reward(0, false, true, 5),
          reward(0, false, false, 20));

  private static double[] advantages(GrpoConfig config, List<Judge.Reward> rewards) {
    List<Judge.Reward> shaped = Judge.shaped(rewards, 4, config.reward().shaping());
    List<Completion> completions =
        rewards.stream()
            .map(
                reward -> {
                  float[] logProbs = new float[reward.reading().tokens()];
                  Arrays.fill(logProbs, -0.1f * logProbs.length); // s = -L/10
                  return new Completion(reward.reading().ids(), logProbs, FinishReason.STOP);
                })
            .toList();
    List<Group> groups = new ArrayList<>();
    for (int from = 0; from < rewards.size(); from += 4) {
      groups.add(new Group(null, completions.subList(from, from + 4)));
    }
    return new Advantages(config, null).of(groups, shaped, rewards.size());
  }

  @Test
  void correct_isOneForRightOnesThatEnded() throws Exception {
    assertThat(advantages(config("--advantage=correct"), GROUP)).containsExactly(1, 0, 0, 0);
  }

  @Test
  void groups_thatTeach_differInWhatTheAdvantageIsMadeOf() throws Exception {
    List<Judge.Reward> cut = List.of(GROUP.get(1), GROUP.get(2));
    List<Judge.Reward> right = List.of(GROUP.get(0), GROUP.get(0));
    List<Judge.Reward> lengths = List.of(reward(0.5, true, true, 1), reward(1, true, true, 1));
    assertThat(new Advantages(config("--advantage=correct"), null).teach(cut)).isFalse();
    assertThat(new Advantages(config("--advantage=correct"), null).teach(right)).isTrue();
    assertThat(new Advantages(config(), null).teach(cut)).isTrue();
    assertThat(new Advantages(config(), null).teach(right)).isFalse();
    assertThat(new Advantages(config(), null).teach(lengths)).isTrue();
    GrpoConfig accuracy = config("--dynamic_sampling_metric=accuracy");
    assertThat(new Advantages(accuracy, null).teach(lengths)).isFalse();
    assertThat(new Advantages(accuracy, null).teach(cut)).isTrue();
  }

  @Test
  void correct_absentReward_isNothing() throws Exception {
    List<Judge.Reward> absent = new ArrayList<>(GROUP);
    absent.set(0, reward(Double.NaN, true, true, 10));
    assertThat(advantages(config("--advantage=correct"), absent)).containsOnly(0);
  }

  /** NVlabs/DLER: rewards of cut ones times 0.1, whitened over tokens, then 0.1 for right ones. */
  @Test
  void dler_isItsFormula() throws Exception {
    GrpoConfig config =
        config(
            "--scale_rewards=whiten",
            "--stop_properly_penalty_coef=0.1",
            "--correct_sample_advantage_boost_value=0.1");
    double mean = 1.1 / 4;
    double[] centred = {1 - mean, 0.1 - mean, -mean, -mean};
    double[] lengths = {10, 20, 5, 20};
    double shift = 0;
    for (int i = 0; i < 4; i++) {
      shift += lengths[i] * centred[i] / 55;
    }
    double variance = 0;
    for (int i = 0; i < 4; i++) {
      variance += lengths[i] * Math.pow(centred[i] - shift, 2) / 54;
    }
    double[] found = advantages(config, GROUP);
    for (int i = 0; i < 4; i++) {
      double expected = (centred[i] - shift) / Math.sqrt(variance + 1e-8) + (i < 2 ? 0.1 : 0);
      assertThat(found[i]).as("completion %d", i).isCloseTo(expected, within(1e-12));
    }
  }

  @Test
  void stopProperly_keepsTheRawReward() throws Exception {
    GrpoConfig config = config("--stop_properly_penalty_coef=0.25");
    List<Judge.Reward> shaped = Judge.shaped(GROUP, 4, config.reward().shaping());
    assertThat(shaped).extracting(r -> r.score().total()).containsExactly(1.0, 0.25, 0.0, 0.0);
    assertThat(shaped).extracting(r -> r.score().raw()).containsExactly(1.0, 1.0, 0.0, 0.0);
  }

  @Test
  void boost_ofZero_isTheGroupsAdvantage() throws Exception {
    assertThat(advantages(config(), GROUP))
        .containsExactly(
            GroupAdvantage.of(new double[] {1, 1, 0, 0}, 4, GroupAdvantage.Scale.GROUP));
  }

  /**
   * A right one of 10 tokens; a cut one is wrong, and the likelier a wrong one the more it pays.
   */
  @Test
  void drpo_weighsRightOnesByLengthAndWrongOnesByLikelihood() throws Exception {
    List<Judge.Reward> group =
        List.of(
            reward(1, true, true, 10),
            reward(1, true, true, 30),
            reward(0, false, true, 5),
            reward(1, true, false, 20));
    GrpoConfig config =
        config(
            "--advantage=drpo", "--drpo_lambda=0.2", "--drpo_tau=2", "--max_completion_length=100");
    double[] found = advantages(config, group);
    double shortest = Math.exp((1 - 0.10) / 0.2);
    double longer = Math.exp((1 - 0.30) / 0.2);
    double short5 = Math.exp(-0.5 / 2);
    double cut20 = Math.exp(-2 / 2.0);
    double[] expected = {
      4 * shortest / (shortest + longer),
      4 * longer / (shortest + longer),
      -4 * short5 / (short5 + cut20),
      -4 * cut20 / (short5 + cut20)
    };
    assertThat(found).containsExactly(expected, within(1e-6)); // log-probabilities are floats
    assertThat(advantages(config, List.of(group.get(0), group.get(1), group.get(0), group.get(0))))
        .containsOnly(0);
  }

  /** An all-right group differs by length alone: dynamic sampling by reward keeps it. */
  @Test
  void lengthPenalty_keepsTheRawRewardAndMakesRightOnesDiffer() throws Exception {
    GrpoConfig config = config("--length_penalty={rule: pass_rate, weight: 0.5}");
    List<Judge.Reward> right =
        List.of(
            reward(1, true, true, 10),
            reward(1, true, true, 20),
            reward(1, true, true, 5),
            reward(1, true, true, 20));
    List<Judge.Reward> shaped = Judge.shaped(right, 4, config.reward().shaping());
    assertThat(shaped).extracting(r -> r.score().total()).containsExactly(0.75, 0.5, 0.875, 0.5);
    assertThat(shaped).extracting(r -> r.score().raw()).containsOnly(1.0);
    assertThat(new Advantages(config, null).teach(shaped)).isTrue();
  }

  @Test
  void keys_thatDoNotFitTogether_areRefused() {
    assertThatThrownBy(
            () -> config("--advantage=correct", "--correct_sample_advantage_boost_value=0.1"))
        .hasMessageContaining("raises the advantages of advantage group; leave it out");
    assertThatThrownBy(() -> config("--advantage=corect"))
        .hasMessageContaining("group, correct, drpo, none");
    assertThatThrownBy(() -> config("--advantage=none"))
        .hasMessageContaining("leaves nothing to learn from: give beta above 0");
    assertThatThrownBy(() -> config("--length_penalty={rule: pass_rat}"))
        .hasMessageContaining("unknown length_penalty rule 'pass_rat' (did you mean 'pass_rate'?)");
    assertThatThrownBy(() -> config("--stop_properly_penalty_coef=1.5"))
        .hasMessageContaining("stop_properly_penalty_coef");
    assertThatThrownBy(() -> config("--dynamic_sampling_max_gen_batches=0"))
        .hasMessageContaining("dynamic_sampling_max_gen_batches");
    assertThatThrownBy(
            () ->
                config(
                    "--stop_properly_penalty_coef=0.1",
                    "--multi_objective_aggregation=normalize_then_sum"))
        .hasMessageContaining("which multi_objective_aggregation normalize_then_sum does not use");
  }
}
