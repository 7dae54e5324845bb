package dev.terse.reward;

/**
 * A term that says more of a completion than its value. Users may write one as their own reward.
 */
public interface LoggingReward extends RewardTerm {

  /**
   * The value for {@code sample}; NaN means that the term has nothing to say (TRL: None).
   *
   * @param log takes what else is to be seen; lost if this throws
   */
  double of(Sample sample, RewardLog log);

  /** The value alone. */
  @Override
  default double of(Sample sample) {
    return of(sample, new RewardLog());
  }
}
