package dev.terse.trainer.loss.advantage;

import java.util.Arrays;

/**
 * Advantage of a completion over the others of its prompt (GRPO, arXiv 2402.03300; TRL's {@code
 * scale_rewards}). With R_i the reward of completion i of group g:
 *
 * <pre>
 * group: A_i = (R_i - mean_g) / (std_g + 1e-4)
 * batch: A_i = (R_i - mean_g) / (std of all rewards + 1e-4)
 * none:  A_i =  R_i - mean_g
 * whiten: A_i = (R_i - mean_g - m) / sqrt(v + 1e-8)
 * </pre>
 *
 * <p>m and v are the mean and the variance (n - 1) of R - mean_g over the tokens of all completions
 * (REINFORCE++ baseline, arXiv 2501.03262; verl: reinforce_plus_plus_baseline; DLER): a long
 * completion weighs more in them, and m is not 0.
 *
 * <p>With several rewards r_k of weights w_k, R_i is their weighted sum, or each is normalised
 * first (GDPO, arXiv 2601.05242; TRL's {@code multi_objective_aggregation}: normalize_then_sum):
 *
 * <pre>
 * s_i = Σ_k w_k · (r_ik - mean_g r_k) / (std_g r_k + 1e-4)
 * A_i = (s_i - mean of all s) / (std of all s + 1e-4)
 * </pre>
 *
 * <p>Standard deviations are those of samples (n - 1). A reward of NaN means that the completion is
 * absent: it enters no mean and its advantage is 0. A group with fewer than two present completions
 * has nothing to compare and gets 0 throughout; so does one whose rewards are equal but for
 * rounding, where a standard deviation is no more than 1e-8 ({@code torch.isclose} in TRL). Only
 * whiten gives such a group -m / sqrt(v + 1e-8), the same for all of it, as verl does.
 */
public final class GroupAdvantage {
  /** TRL's guard against a group of equal rewards. */
  static final double EPSILON = 1e-4;

  /** verl's guard in masked_whiten. */
  private static final double WHITE_EPSILON = 1e-8;

  /** Rewards of no greater standard deviation are equal: 3 · 0.1 / 3 is not 0.1 in doubles. */
  private static final double EQUAL = 1e-8;

  private GroupAdvantage() {}

  /** What is done with several rewards (TRL: multi_objective_aggregation). */
  public enum Aggregation {
    SUM_THEN_NORMALIZE,
    NORMALIZE_THEN_SUM
  }

  /** What the distance to the group's mean is divided by. */
  public enum Scale {
    /** The group's own standard deviation. */
    GROUP,
    /** The standard deviation of all rewards of the batch. */
    BATCH,
    /** Nothing (Dr. GRPO, arXiv 2503.20783). */
    NONE,
    /** The deviation over all tokens, whose mean is taken off too. */
    WHITEN
  }

  /**
   * The advantages.
   *
   * @param rewards groups one after another, [groups * groupSize]; NaN where absent
   * @param lengths tokens of each completion, [groups * groupSize]
   * @return [groups * groupSize], always finite
   */
  public static double[] of(double[] rewards, int[] lengths, int groupSize, Scale scale) {
    return scale == Scale.WHITEN
        ? whitened(rewards, of(rewards, groupSize, Scale.NONE), lengths)
        : of(rewards, groupSize, scale);
  }

  /**
   * @param centred R - mean_g, [completions]
   */
  private static double[] whitened(double[] rewards, double[] centred, int[] lengths) {
    double tokens = 0;
    double sum = 0;
    for (int i = 0; i < rewards.length; i++) {
      double own = Double.isNaN(rewards[i]) ? 0 : lengths[i];
      tokens += own;
      sum += own * centred[i];
    }
    double mean = sum / Math.max(1, tokens);
    double squares = 0;
    for (int i = 0; i < rewards.length; i++) {
      double own = Double.isNaN(rewards[i]) ? 0 : lengths[i];
      squares += own * (centred[i] - mean) * (centred[i] - mean);
    }
    double deviation = Math.sqrt(squares / Math.max(1, tokens - 1) + WHITE_EPSILON);
    double[] advantages = new double[rewards.length];
    Arrays.setAll(advantages, i -> Double.isNaN(rewards[i]) ? 0 : (centred[i] - mean) / deviation);
    return advantages;
  }

  /**
   * The advantages by a scale that asks for no lengths.
   *
   * @param rewards groups one after another, [groups * groupSize]; NaN where absent
   * @return [groups * groupSize], always finite
   */
  public static double[] of(double[] rewards, int groupSize, Scale scale) {
    requireGroups(rewards.length, groupSize);
    double batchStd = std(rewards);
    double[] advantages = new double[rewards.length];
    for (int start = 0; start < rewards.length; start += groupSize) {
      double[] group = Arrays.copyOfRange(rewards, start, start + groupSize);
      double divisor =
          switch (scale) {
            case GROUP -> std(group) + EPSILON;
            case BATCH -> batchStd + EPSILON;
            case NONE -> 1;
            case WHITEN -> throw new IllegalArgumentException("whiten needs the lengths");
          };
      double[] distances = distances(group, divisor);
      System.arraycopy(distances, 0, advantages, start, groupSize);
    }
    return advantages;
  }

  /**
   * The advantages where each reward is normalised in its group before they are summed.
   *
   * @param rewards of each term, groups one after another, [terms][groups * groupSize]; NaN where
   *     it has nothing to say
   * @param weights [terms]
   * @return [groups * groupSize], always finite
   */
  public static double[] normalizeThenSum(double[][] rewards, double[] weights, int groupSize) {
    int completions = rewards[0].length;
    requireGroups(completions, groupSize);
    double[] sums = new double[completions];
    Arrays.fill(sums, Double.NaN);
    for (int k = 0; k < rewards.length; k++) {
      double[] scaled = of(rewards[k], groupSize, Scale.GROUP);
      for (int i = 0; i < completions; i++) {
        if (!Double.isNaN(rewards[k][i])) {
          sums[i] = (Double.isNaN(sums[i]) ? 0 : sums[i]) + weights[k] * scaled[i];
        }
      }
    }
    return distances(sums, std(sums) + EPSILON);
  }

  private static void requireGroups(int rewards, int groupSize) {
    if (groupSize < 2 || rewards % groupSize != 0) {
      throw new IllegalArgumentException(
          "groups of "
              + groupSize
              + " do not tile "
              + rewards
              + " rewards, or are too small to compare");
    }
  }

  /** From the mean of the present values, over {@code divisor}; 0 for equal and absent ones. */
  private static double[] distances(double[] values, double divisor) {
    double[] distances = new double[values.length];
    if (!areEqual(values)) {
      double mean = mean(values);
      Arrays.setAll(distances, i -> Double.isNaN(values[i]) ? 0 : (values[i] - mean) / divisor);
    }
    return distances;
  }

  /** Whether there is nothing to compare: all present values are equal but for rounding. */
  public static boolean areEqual(double[] values) {
    return std(values) <= EQUAL;
  }

  /** Mean of the present values; NaN if there is none. */
  public static double mean(double[] values) {
    return Arrays.stream(present(values)).average().orElse(Double.NaN);
  }

  /** Standard deviation (n - 1) of the present values; 0 if there are fewer than two. */
  public static double std(double[] values) {
    double[] present = present(values);
    if (present.length < 2) {
      return 0;
    }
    double mean = mean(present);
    double squares = 0;
    for (double value : present) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / (present.length - 1));
  }

  private static double[] present(double[] values) {
    return Arrays.stream(values).filter(value -> !Double.isNaN(value)).toArray();
  }
}
