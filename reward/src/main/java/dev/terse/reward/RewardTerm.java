package dev.terse.reward;

/**
 * One named part of a reward. Pure: the same sample gives the same number.
 *
 * <p>Users write their own: a public class with a public constructor without arguments, named as
 * {@code class:com.example.MyReward} in {@code reward_funcs}. It runs in a child process, see
 * {@link dev.terse.reward.isolate.IsolatedReward}; only {@link #of} is called there. One that logs
 * more than its value implements {@link LoggingReward}.
 */
public interface RewardTerm extends AutoCloseable {

  /** Name in configuration and metrics ({@code rewards/<name>/mean}). */
  String name();

  /** The value for {@code sample}; NaN means that the term has nothing to say (TRL: None). */
  double of(Sample sample);

  /**
   * Makes the term ready, so that what is wrong with it is said before a run begins.
   *
   * @throws IllegalArgumentException if it cannot be used
   */
  default void open() {}

  /** Gives back what the term holds; it is not used after that. */
  @Override
  default void close() {}
}
