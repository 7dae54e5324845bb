package dev.terse.trainer.loop;

import dev.terse.trainer.model.ModelArguments;
import dev.terse.trainer.optim.LearningRate;

/** What the configurations of all methods have. */
public interface RunConfig {
  ModelArguments model();

  TrainingConfig training();

  /** Peak of the schedule. */
  double learningRate();

  /** The rate of each update, given how many an epoch has. */
  default LearningRate schedule(int updatesPerEpoch) {
    return LearningRate.of(
        training().optimizer(), learningRate(), training().updates(updatesPerEpoch));
  }
}
