package dev.terse.trainer.loop;

import dev.terse.trainer.model.ModelArguments;
import dev.terse.trainer.optim.LearningRate;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What the configurations of all methods have. */
public interface RunConfig {
  ModelArguments model();

  TrainingConfig training();

  /** The key that says how long a sequence may get: max_length or max_completion_length. */
  String lengthKey();

  /** Whether a resumed run opens the model that it began with once more. */
  default boolean readsStartAgain() {
    return model().lora().usePeft();
  }

  /** Files and folders that the run reads. */
  default List<Path> inputs() {
    Stream<Path> models =
        Stream.of(
            model().modelPlace(),
            model().initPlace(),
            model().tokenizerPlace(),
            model().chat().templatePlace());
    return Stream.concat(models, training().places().stream()).filter(Objects::nonNull).toList();
  }

  /** Whether rows are learnt that end as the chat template ends a turn. */
  default boolean learnsTurns() {
    return false;
  }

  /** Peak of the schedule. */
  double learningRate();

  /** The rate of each update, given how many an epoch has. */
  default LearningRate schedule(int updatesPerEpoch) {
    return LearningRate.of(
        training().optimizer(), learningRate(), training().updates(updatesPerEpoch));
  }
}
