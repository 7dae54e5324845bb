package dev.terse.trainer.loss;

import java.util.Arrays;

/**
 * Advantage of a completion over the others of its prompt (GRPO, arXiv 2402.03300; TRL's {@code
 * scale_rewards}). With R_i the reward of completion i of group g:
 *
 * <pre>
 * group: A_i = (R_i - mean_g) / (std_g + 1e-4)
 * batch: A_i = (R_i - mean_g) / (std of all rewards + 1e-4)
 * none:  A_i =  R_i - mean_g
 * </pre>
 *
 * <p>Standard deviations are those of samples (n - 1). A reward of NaN means that the completion is
 * absent: it enters no mean and its advantage is 0. A group with fewer than two present completions
 * has nothing to compare and gets 0 throughout.
 */
public final class GroupAdvantage {
  /** TRL's guard against a group of equal rewards. */
  static final double EPSILON = 1e-4;

  private GroupAdvantage() {}

  /** What the distance to the group's mean is divided by. */
  public enum Scale {
    /** The group's own standard deviation. */
    GROUP,
    /** The standard deviation of all rewards of the batch. */
    BATCH,
    /** Nothing (Dr. GRPO, arXiv 2503.20783). */
    NONE
  }

  /**
   * The advantages.
   *
   * @param rewards groups one after another, [groups * groupSize]; NaN where absent
   * @return [groups * groupSize], always finite
   */
  public static double[] of(double[] rewards, int groupSize, Scale scale) {
    if (groupSize < 2 || rewards.length % groupSize != 0) {
      throw new IllegalArgumentException(
          "groups of "
              + groupSize
              + " do not tile "
              + rewards.length
              + " rewards, or are too small to compare");
    }
    double batchStd = std(rewards);
    double[] advantages = new double[rewards.length];
    for (int start = 0; start < rewards.length; start += groupSize) {
      double[] group = Arrays.copyOfRange(rewards, start, start + groupSize);
      if (present(group).length < 2) {
        continue;
      }
      double mean = mean(group);
      double divisor =
          switch (scale) {
            case GROUP -> std(group) + EPSILON;
            case BATCH -> batchStd + EPSILON;
            case NONE -> 1;
          };
      for (int i = 0; i < groupSize; i++) {
        advantages[start + i] = Double.isNaN(group[i]) ? 0 : (group[i] - mean) / divisor;
      }
    }
    return advantages;
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
