package dev.terse.reward.isolate;

/** A reward in a child process gave no number; the sample is then absent from its group. */
public final class RewardFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  RewardFailure(String message) {
    super(message);
  }
}
