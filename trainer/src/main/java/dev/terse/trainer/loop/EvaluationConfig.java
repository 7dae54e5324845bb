package dev.terse.trainer.loop;

import dev.terse.io.hub.InputKind;
import dev.terse.trainer.config.Cadence;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.config.places.Reads;

/**
 * Evaluation during training; keys and defaults are TRL's but eval_dataset.
 *
 * @param evalDataset file of the rows to evaluate on, or a folder, of which dataset_test_split is
 *     read
 * @param evalSteps updates between two; logging_steps where unset
 * @param earlyStopping when evaluations end the run
 */
public record EvaluationConfig(
    @Default(Default.UNSET) @Reads(InputKind.DATA) String evalDataset,
    @Default("no") Cadence evalStrategy,
    @Default(Default.UNSET) @Range("(0, inf)") Double evalSteps,
    @Default("false") boolean evalOnStart,
    @Default("8") @Range("[1, inf)") int perDeviceEvalBatchSize,
    EarlyStopping earlyStopping) {

  /** Whether an evaluation is due after update {@code step}, counted from 1. */
  public boolean isDue(int step, int stepsPerEpoch, int maxSteps, int loggingSteps) {
    int every = evalSteps == null ? loggingSteps : Cadence.every(evalSteps, maxSteps);
    return evalStrategy.isDue(step, every, stepsPerEpoch);
  }
}
