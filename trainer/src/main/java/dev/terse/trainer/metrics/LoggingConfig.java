package dev.terse.trainer.metrics;

import dev.terse.trainer.config.Cadence;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.config.places.Writes;
import java.util.List;

/**
 * What is logged, and where to; keys and defaults are TRL's.
 *
 * @param loggingSteps updates between two lines of metrics; below 1 a share of all updates
 * @param loggingFirstStep whether the first update is logged too
 * @param loggingDir folder of the event files; output_dir/logs where unset
 * @param reportTo none or tensorboard; metrics.jsonl and the console are always written
 * @param disableTqdm whether progress bars are left out; unset leaves it to the terminal
 * @param runName name of the run in the event files
 * @param trainingListeners classes of DL4J training listeners that hear the logged steps (ours)
 */
public record LoggingConfig(
    @Default("10") @Range("(0, inf)") double loggingSteps,
    @Default("false") boolean loggingFirstStep,
    @Default(Default.UNSET) @Writes(Writes.Kind.FOLDER) String loggingDir,
    @Default("none") List<String> reportTo,
    @Default(Default.UNSET) Boolean disableTqdm,
    @Default(Default.UNSET) String runName,
    @Default(Default.UNSET) List<String> trainingListeners) {

  public LoggingConfig {
    for (String target : reportTo) {
      if (!List.of("none", "tensorboard", "all").contains(target)) {
        throw new IllegalArgumentException(
            "report_to knows none, tensorboard and all, not '" + target + "'");
      }
    }
  }

  /** Whether update {@code step}, counted from 1, is logged. */
  public boolean logs(int step, int maxSteps) {
    return step % every(maxSteps) == 0 || step == maxSteps || loggingFirstStep && step == 1;
  }

  /** Updates between two lines. */
  public int every(int maxSteps) {
    return Cadence.every(loggingSteps, maxSteps);
  }
}
