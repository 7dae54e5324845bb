package dev.terse.reward.length;

import java.util.ArrayList;
import java.util.List;

/**
 * From the raw rewards of completions that were drawn together to those that advantages are made
 * of:
 *
 * <pre>
 * R = stop_properly_penalty_coef · raw                     cut by the limit
 * R = max(0, raw as the rules of length_penalty change it) right, and ended by itself
 * R = raw                                                  any other
 * </pre>
 *
 * <p>The guards are those of NeMo RL's guide to length penalties: only right completions, compared
 * with the others of their prompt; a penalty may take a reward but never turn its sign; the raw
 * reward is kept. A raw reward that is not above 0 is left alone.
 *
 * @param stopProperlyPenaltyCoef factor for completions that did not end by themselves (NeMo RL and
 *     OpenRLHF: the same key; 0.1 in DLER, arXiv 2510.15110); 1 for none
 * @param rules of length, applied one after another
 */
public record RewardShaping(double stopProperlyPenaltyCoef, List<LengthRule> rules) {

  public RewardShaping {
    if (!(stopProperlyPenaltyCoef >= 0 && stopProperlyPenaltyCoef <= 1)) {
      throw new IllegalArgumentException(
          "stop_properly_penalty_coef must be in [0, 1], was " + stopProperlyPenaltyCoef);
    }
    rules = List.copyOf(rules);
  }

  /** Whether a reward may change. */
  public boolean isOn() {
    return stopProperlyPenaltyCoef != 1 || !rules.isEmpty();
  }

  /** The same with rules that are so many times as strong. */
  public RewardShaping times(double strength) {
    return strength == 1
        ? this
        : new RewardShaping(
            stopProperlyPenaltyCoef, rules.stream().map(rule -> rule.times(strength)).toList());
  }

  /** The same at an update, counted from 0: some rules fade ({@link LengthRule#at}). */
  public RewardShaping at(int update) {
    return new RewardShaping(
        stopProperlyPenaltyCoef, rules.stream().map(rule -> rule.at(update)).toList());
  }

  /**
   * The rewards of completions that were drawn together, [P][G]; NaN where they are absent.
   *
   * @param groups [P][G]
   */
  public List<double[]> of(List<List<Measured>> groups) {
    List<double[]> rewards = new ArrayList<>();
    for (List<Measured> group : groups) {
      rewards.add(group.stream().mapToDouble(this::cut).toArray());
    }
    for (LengthRule rule : rules) {
      Budgets budgets = Budgets.of(groups, rule.channel());
      for (int p = 0; p < groups.size(); p++) {
        rewards.set(p, rule.of(rewards.get(p), groups.get(p), budgets));
      }
    }
    for (int p = 0; p < groups.size(); p++) {
      guard(rewards.get(p), groups.get(p));
    }
    return rewards;
  }

  private double cut(Measured completion) {
    return completion.finished()
        ? completion.reward()
        : stopProperlyPenaltyCoef * completion.reward();
  }

  private static void guard(double[] rewards, List<Measured> group) {
    for (int i = 0; i < rewards.length; i++) {
      if (group.get(i).isRight()) {
        double raw = group.get(i).reward();
        rewards[i] = raw > 0 ? Math.max(0, rewards[i]) : raw;
      }
    }
  }
}
