package dev.terse.trainer.checkpoint;

import dev.terse.io.hub.InputKind;
import dev.terse.trainer.config.Cadence;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.config.places.Reads;

/**
 * When checkpoints are written and which are retained; keys and defaults are TRL's.
 *
 * @param saveSteps updates between two; below 1 a share of all updates
 * @param saveTotalLimit checkpoints retained, the newest; at least 2, so that a damaged newest one
 *     never costs the run; unset retains all
 * @param saveOnlyModel whether the trainer's state is left out; such a checkpoint cannot be resumed
 * @param resumeFromCheckpoint true for the newest valid one in output_dir, or a checkpoint's path
 * @param overwriteOutputDir whether what another run left in output_dir is deleted when this one
 *     begins (transformers' before 5)
 * @param resumeAnyway whether a run goes on although what decides its numbers has changed; each
 *     change is told (ours)
 */
public record SavingConfig(
    @Default("steps") SaveStrategy saveStrategy,
    @Default("500") @Range("(0, inf)") double saveSteps,
    @Default(Default.UNSET) @Range("[1, inf)") Integer saveTotalLimit,
    @Default("false") boolean saveOnlyModel,
    @Default(Default.UNSET) @Reads(InputKind.FILE) String resumeFromCheckpoint,
    @Default("false") boolean overwriteOutputDir,
    @Default("false") boolean resumeAnyway,
    BestModelConfig best) {

  /**
   * Whether a checkpoint is due after update {@code step}, counted from 1. The last update has one,
   * as in transformers: the final model is written only when nothing can be lost with it.
   *
   * @param isBest whether it was evaluated and found the best so far
   */
  public boolean isDue(int step, int stepsPerEpoch, int maxSteps, boolean isBest) {
    boolean last = saveStrategy != SaveStrategy.NO && step == maxSteps;
    return last
        || switch (saveStrategy) {
          case NO -> false;
          case STEPS ->
              Cadence.STEPS.isDue(step, Cadence.every(saveSteps, maxSteps), stepsPerEpoch);
          case EPOCH -> Cadence.EPOCH.isDue(step, 1, stepsPerEpoch);
          case BEST -> isBest;
        };
  }

  /** Whether evaluations are compared. */
  public boolean comparesModels() {
    return best.loadBestModelAtEnd() || saveStrategy == SaveStrategy.BEST;
  }

  /** Whether the run goes on from a checkpoint. */
  public boolean resumes() {
    return resumeFromCheckpoint != null && !resumeFromCheckpoint.equalsIgnoreCase("false");
  }

  /** Whether that is the newest valid one, wherever the run stands. */
  public boolean resumesNewest() {
    return resumes() && resumeFromCheckpoint.equalsIgnoreCase("true");
  }

  /** Checkpoints that are retained: never fewer than 2. */
  public int retained() {
    return saveTotalLimit == null ? Integer.MAX_VALUE : Math.max(2, saveTotalLimit);
  }
}
