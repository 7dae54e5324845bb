package dev.terse.trainer.optim;

import dev.terse.trainer.config.OptimizerConfig;
import dev.terse.trainer.dl4j.Schedules;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * The learning rate of each update, by an ND4J schedule.
 *
 * @param schedule of iterations counted from 0
 */
public record LearningRate(ISchedule schedule) {

  /** The configured schedule of a run of {@code maxSteps} updates. */
  public static LearningRate of(OptimizerConfig config, double peak, int maxSteps) {
    return new LearningRate(
        Schedules.of(
            config.lrSchedulerType(),
            peak,
            config.warmup(maxSteps),
            maxSteps,
            config.lrSchedulerKwargs()));
  }

  /** The rate of update {@code update}, counted from 0. */
  public double at(int update) {
    return schedule.valueAt(update, 0);
  }
}
