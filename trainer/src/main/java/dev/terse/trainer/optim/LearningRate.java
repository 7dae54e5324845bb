package dev.terse.trainer.optim;

import org.nd4j.linalg.schedule.ISchedule;

/**
 * The learning rate of each update, by an ND4J schedule.
 *
 * @param schedule of iterations counted from 0
 */
public record LearningRate(ISchedule schedule) {

  /** The rate of update {@code update}, counted from 0. */
  public double at(int update) {
    return schedule.valueAt(update, 0);
  }
}
