package dev.terse.trainer.loop;

import dev.terse.trainer.model.ModelArguments;
import dev.terse.trainer.optim.LearningRate;

/** What the configurations of all methods have. */
public interface RunConfig {
  ModelArguments model();

  TrainingConfig training();

  /** The key that says how long a sequence may get: max_length or max_completion_length. */
  String lengthKey();

  /** Peak of the schedule. */
  double learningRate();

  /** The rate of each update, given how many an epoch has. */
  default LearningRate schedule(int updatesPerEpoch) {
    return LearningRate.of(
        training().optimizer(), learningRate(), training().updates(updatesPerEpoch));
  }
}
