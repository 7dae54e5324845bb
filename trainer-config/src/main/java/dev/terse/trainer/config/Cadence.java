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
  public boolean isDue(int step, int every, int stepsPerEpoch) {
    return switch (this) {
      case NO -> false;
      case STEPS -> step % every == 0;
      case EPOCH -> step % stepsPerEpoch == 0;
    };
  }

  /** A count of updates, given as such or, below 1, as a share of all. */
  public static int every(double steps, int maxSteps) {
    return Math.max(1, (int) (steps < 1 ? Math.ceil(steps * maxSteps) : steps));
  }
}
