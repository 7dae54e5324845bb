package dev.terse.trainer.checkpoint;

import dev.terse.trainer.config.Cadence;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;

/**
 * When checkpoints are written and which are retained; keys and defaults are TRL's.
 *
 * @param saveSteps updates between two; below 1 a share of all updates
 * @param saveTotalLimit checkpoints retained, the newest; at least 2, so that a damaged newest one
 *     never costs the run; unset retains all
 * @param saveOnlyModel whether the trainer's state is left out; such a checkpoint cannot be resumed
 * @param resumeFromCheckpoint true for the newest valid one in output_dir, or a checkpoint's path
 */
public record SavingConfig(
    @Default("steps") Cadence saveStrategy,
    @Default("500") @Range("(0, inf)") double saveSteps,
    @Default(Default.UNSET) @Range("[1, inf)") Integer saveTotalLimit,
    @Default("false") boolean saveOnlyModel,
    @Default(Default.UNSET) String resumeFromCheckpoint) {

  /** Whether a checkpoint is due after update {@code step}, counted from 1. */
  public boolean isDue(int step, int stepsPerEpoch, int maxSteps) {
    return saveStrategy.isDue(step, Cadence.every(saveSteps, maxSteps), stepsPerEpoch);
  }

  /** Checkpoints that are retained: never fewer than 2. */
  public int retained() {
    return saveTotalLimit == null ? Integer.MAX_VALUE : Math.max(2, saveTotalLimit);
  }
}
