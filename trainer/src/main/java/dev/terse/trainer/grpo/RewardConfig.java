package dev.terse.trainer.grpo;

import dev.terse.reward.Rubric;
import dev.terse.reward.isolate.IsolationLimits;
import dev.terse.reward.isolate.UserRewards;
import dev.terse.reward.length.LengthRule;
import dev.terse.reward.length.RewardShaping;
import dev.terse.reward.terms.RewardSettings;
import dev.terse.reward.terms.RewardTerms;
import dev.terse.traces.segment.ThinkingEnd;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The reward (ours, but reward_weights, which is TRL's).
 *
 * @param rewardPreset paper or safe; safe where neither this nor reward_funcs is given
 * @param rewardFuncs names of terms that are summed, instead of a preset;
 *     class:com.example.MyReward is a reward of your own, command:python my_reward.py one in a
 *     process of its own
 * @param rewardWeights one weight a term; empty for 1 each, or for the preset's own
 * @param rewardSettings thresholds of the terms, e.g. {tau_length: 600, kappa_high: 0.5}
 * @param thinking where thinking ends and the answer begins, in all completions alike: auto, marks,
 *     before_last_paragraph or before_answer
 * @param rewardClasspath jars and folders in which classes of reward_funcs are found, besides this
 *     program's own class path
 * @param rewardTimeout longest time in seconds that a reward of your own may take for a completion
 * @param rewardMemory heap in MiB of the process that a reward of your own runs in
 * @param stopProperlyPenaltyCoef what the reward of a completion that did not end by itself is
 *     multiplied by; unset for 1 (NeMo RL, OpenRLHF)
 * @param lengthPenalty rules of length for right completions, each a map of rule, channel and the
 *     rule's values
 */
public record RewardConfig(
    @Default(Default.UNSET) String rewardPreset,
    @Default(Default.UNSET) List<String> rewardFuncs,
    @Default(Default.UNSET) List<Double> rewardWeights,
    @Default(Default.UNSET) Map<String, String> rewardSettings,
    @Default("auto") ThinkingEnd thinking,
    @Default(Default.UNSET) List<String> rewardClasspath,
    @Default("10.0") @Range("(0, 86400]") double rewardTimeout,
    @Default("256") @Range("[16, inf)") int rewardMemory,
    @Default(Default.UNSET) @Range("[0, 1]") Double stopProperlyPenaltyCoef,
    @Default(Default.UNSET) List<Object> lengthPenalty) {

  public RewardConfig {
    if (rewardPreset != null && !rewardFuncs.isEmpty()) {
      throw new IllegalArgumentException("give reward_preset or reward_funcs, not both");
    }
    if (!rewardClasspath.isEmpty() && rewardFuncs.stream().noneMatch(UserRewards::isClass)) {
      throw new IllegalArgumentException(
          "reward_classpath is given, but reward_funcs names no class:com.example.MyReward on it");
    }
    LengthRule.of(lengthPenalty); // refuses what is unknown
    RewardSettings settings = RewardSettings.of(rewardSettings);
    UserRewards users = users(rewardClasspath, rewardTimeout, rewardMemory);
    rubric(rewardPreset, rewardFuncs, rewardWeights, settings, users); // refuses what is unknown
  }

  /** Whether a row without a right answer cannot be rewarded. */
  public boolean needsRightAnswers() {
    return RewardTerms.needRightAnswers(rewardFuncs);
  }

  /**
   * The rubric; a fresh one, since it counts its failures. Its owner opens it, which starts the
   * processes of the user's rewards, and closes it.
   */
  public Rubric rubric() {
    UserRewards users = users(rewardClasspath, rewardTimeout, rewardMemory);
    return rubric(
        rewardPreset, rewardFuncs, rewardWeights, RewardSettings.of(rewardSettings), users);
  }

  /** What becomes of the rubric's totals. */
  public RewardShaping shaping() {
    return new RewardShaping(
        stopProperlyPenaltyCoef == null ? 1 : stopProperlyPenaltyCoef,
        LengthRule.of(lengthPenalty));
  }

  /** Files and folders that rewards of your own are loaded from; empty where there are none. */
  public List<Path> classFiles() {
    return rewardFuncs.stream().anyMatch(UserRewards::isUsers)
        ? users(rewardClasspath, rewardTimeout, rewardMemory).files(rewardFuncs)
        : List.of();
  }

  private static Rubric rubric(
      String preset,
      List<String> funcs,
      List<Double> weights,
      RewardSettings settings,
      UserRewards users) {
    return funcs.isEmpty()
        ? RewardTerms.preset(preset == null ? "safe" : preset, weights, settings)
        : RewardTerms.rubric(funcs, weights, settings, users);
  }

  private static UserRewards users(List<String> classpath, double timeout, int memory) {
    var defaults = IsolationLimits.defaults();
    var call = Duration.ofMillis(Math.max(1, Math.round(1000 * timeout)));
    var limits = new IsolationLimits(call, defaults.start(), memory, defaults.workers());
    return new UserRewards(classpath, limits);
  }
}
