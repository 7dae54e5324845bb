package dev.terse.trainer.config;

import dev.terse.reward.RewardSettings;
import dev.terse.reward.RewardTerms;
import dev.terse.reward.Rubric;
import java.util.List;
import java.util.Map;

/**
 * The reward (ours, but reward_weights, which is TRL's).
 *
 * @param rewardPreset paper or safe; safe where neither this nor reward_funcs is given
 * @param rewardFuncs names of terms that are summed, instead of a preset
 * @param rewardWeights one weight a term; empty for 1 each, or for the preset's own
 * @param rewardSettings thresholds of the terms, e.g. {tau_length: 600, kappa_high: 0.5}
 */
public record RewardConfig(
    @Default(Default.UNSET) String rewardPreset,
    @Default(Default.UNSET) List<String> rewardFuncs,
    @Default(Default.UNSET) List<Double> rewardWeights,
    @Default(Default.UNSET) Map<String, String> rewardSettings) {

  public RewardConfig {
    if (rewardPreset != null && !rewardFuncs.isEmpty()) {
      throw new IllegalArgumentException("give reward_preset or reward_funcs, not both");
    }
  }

  /** The rubric; a fresh one, since it counts its failures. */
  public Rubric rubric() {
    RewardSettings settings = RewardSettings.of(rewardSettings);
    return rewardFuncs.isEmpty()
        ? RewardTerms.preset(rewardPreset == null ? "safe" : rewardPreset, rewardWeights, settings)
        : RewardTerms.rubric(rewardFuncs, rewardWeights, settings);
  }
}
