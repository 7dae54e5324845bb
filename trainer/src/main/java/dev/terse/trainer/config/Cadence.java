package dev.terse.trainer.config;

/** When something recurring is done (TRL: save_strategy, eval_strategy). */
public enum Cadence {
  NO,
  STEPS,
  EPOCH;

  /**
   * Whether it is due after update {@code step}, counted from 1.
   *
   * @param every updates between two, for STEPS
   */
  boolean isDue(int step, int every, int stepsPerEpoch) {
    return switch (this) {
      case NO -> false;
      case STEPS -> step % every == 0;
      case EPOCH -> step % stepsPerEpoch == 0;
    };
  }
}
