package dev.terse.trainer.loop;

import dev.terse.trainer.config.Cadence;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;

/**
 * Evaluation during training; keys and defaults are TRL's but eval_dataset.
 *
 * @param evalDataset JSONL file of the rows to evaluate on (TRL takes a split of a hub data set)
 * @param evalSteps updates between two; logging_steps where unset
 */
public record EvaluationConfig(
    @Default(Default.UNSET) String evalDataset,
    @Default("no") Cadence evalStrategy,
    @Default(Default.UNSET) @Range("(0, inf)") Double evalSteps,
    @Default("false") boolean evalOnStart,
    @Default("8") @Range("[1, inf)") int perDeviceEvalBatchSize) {

  public EvaluationConfig {
    if (evalDataset == null && (evalStrategy != Cadence.NO || evalOnStart)) {
      throw new IllegalArgumentException(
          "eval_strategy and eval_on_start need eval_dataset, a JSONL file");
    }
  }

  /** Whether an evaluation is due after update {@code step}, counted from 1. */
  public boolean isDue(int step, int stepsPerEpoch, int maxSteps, int loggingSteps) {
    int every = evalSteps == null ? loggingSteps : Cadence.every(evalSteps, maxSteps);
    return evalStrategy.isDue(step, every, stepsPerEpoch);
  }
}
