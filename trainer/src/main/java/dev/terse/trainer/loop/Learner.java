package dev.terse.trainer.loop;

import dev.terse.trainer.memory.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A kind of training, seen by the loop: what an update does. Updates are numbered from 0 and depend
 * on nothing but their number and what the updates before them left in the model, the optimizer and
 * the state that is saved with them.
 */
public interface Learner extends AutoCloseable {

  /** Updates in one pass over the data. */
  int updatesPerEpoch();

  /** Does one update and tells its metrics, under TRL's names without {@code train/}. */
  Map<String, Double> step(int update);

  /** Metrics of an evaluation after {@code updates} updates, without {@code eval/}. */
  Map<String, Double> evaluate(int updates) throws IOException;

  /** Tokens that all updates so far have read. */
  long numTokens();

  /** What the learner does, for the forecast of its memory; empty if it cannot tell. */
  default Optional<Workload> workload() {
    return Optional.empty();
  }

  /** Writes what else an update depends on into a checkpoint's state folder. */
  default void writeState(Path folder) throws IOException {}

  /**
   * Goes on where another run of the same configuration stopped.
   *
   * @param numTokens of that run
   * @param folder that {@link #writeState} filled
   */
  void resume(long numTokens, Path folder) throws IOException;

  @Override
  default void close() {}
}
