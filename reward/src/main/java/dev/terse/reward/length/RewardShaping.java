package dev.terse.reward.length;

import java.util.List;

/**
 * From the raw rewards of a prompt's completions to those that advantages are made of:
 *
 * <pre>
 * R = raw                             ended by itself
 * R = stop_properly_penalty_coef·raw  cut by the limit
 * </pre>
 *
 * @param stopProperlyPenaltyCoef factor for completions that did not end by themselves (NeMo RL and
 *     OpenRLHF: the same key; 0.1 in DLER, arXiv 2510.15110); 1 for none
 */
public record RewardShaping(double stopProperlyPenaltyCoef) {
  /** Leaves rewards as they are. */
  public static final RewardShaping NONE = new RewardShaping(1);

  public RewardShaping {
    if (!(stopProperlyPenaltyCoef >= 0 && stopProperlyPenaltyCoef <= 1)) {
      throw new IllegalArgumentException(
          "stop_properly_penalty_coef must be in [0, 1], was " + stopProperlyPenaltyCoef);
    }
  }

  /** Whether a reward may change. */
  public boolean isOn() {
    return stopProperlyPenaltyCoef != 1;
  }

  /**
   * The rewards of one prompt's completions, [G]; NaN where they are absent.
   *
   * @param group [G]
   */
  public double[] of(List<Measured> group) {
    return group.stream()
        .mapToDouble(
            each -> each.finished() ? each.reward() : stopProperlyPenaltyCoef * each.reward())
        .toArray();
  }
}
