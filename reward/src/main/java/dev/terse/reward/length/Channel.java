package dev.terse.reward.length;

/** What a rule of length counts (NeMo RL: reasoning, answer and total; the others are ours). */
public enum Channel {
  /** Tokens of the completion. */
  TOTAL,
  /** Tokens up to {@code </think>} and with it. */
  THINKING,
  /** Tokens after that. */
  ANSWER,
  /** [SKIP] marks: a chain of marks is no shorter chain. */
  SKIPS,
  /** Kept steps of the thinking: what skipping lowers. */
  STEPS;

  /** The length of a completion. */
  double of(Measured completion) {
    return switch (this) {
      case TOTAL -> completion.thinkTokens() + (double) completion.answerTokens();
      case THINKING -> completion.thinkTokens();
      case ANSWER -> completion.answerTokens();
      case SKIPS -> completion.skips();
      case STEPS -> completion.steps();
    };
  }
}
