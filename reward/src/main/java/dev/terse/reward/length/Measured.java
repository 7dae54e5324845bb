package dev.terse.reward.length;

/**
 * What shaping needs to know of a completion.
 *
 * @param reward its raw reward; NaN where it is absent
 * @param correct whether its answer is right
 * @param finished whether the model ended it itself
 * @param thinkTokens tokens up to {@code </think>} and with it
 * @param answerTokens tokens after that
 * @param skips [SKIP] marks in the thinking
 * @param steps kept steps of the thinking
 */
public record Measured(
    double reward,
    boolean correct,
    boolean finished,
    int thinkTokens,
    int answerTokens,
    int skips,
    int steps) {

  /** Whether it has a reward at all. */
  public boolean isPresent() {
    return !Double.isNaN(reward);
  }

  /** Whether it is right and ended by itself: what length rules speak of. */
  public boolean isRight() {
    return isPresent() && correct && finished;
  }
}
