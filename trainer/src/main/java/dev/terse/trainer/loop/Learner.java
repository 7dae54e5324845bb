package dev.terse.trainer.loop;

import dev.terse.trainer.memory.Workload;
import dev.terse.trainer.optim.Optimizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A kind of training, seen by the loop: what an update does. Updates are numbered from 0 and depend
 * on nothing but their number, weights, moments and the state that the update before them left.
 *
 * @param <S> that state: a value, which the loop carries and saves
 */
public interface Learner<S> extends AutoCloseable {

  /** The state of a method whose updates leave nothing but weights and moments. */
  enum NoState {
    NONE
  }

  /** Updates in one pass over the data. */
  int updatesPerEpoch();

  /** What the first update goes on from. */
  S start();

  /**
   * Does one update. It leaves nothing changed but the weights, by {@code optimizer}, and logs.
   * Adapters may be overwritten meanwhile, where they are lent to the reference model, and are put
   * back to the bit before {@code optimizer} is called.
   *
   * @param state that the update before left
   * @param optimizer the loop's
   */
  Update<S> step(int update, S state, Optimizer optimizer);

  /** What update {@code update} read, for people: "rows: [...]". */
  String examples(int update, S state);

  /**
   * Metrics of an evaluation, without {@code eval/}.
   *
   * @param updates done so far
   * @param numTokens that training has read so far
   */
  Map<String, Double> evaluate(int updates, long numTokens) throws IOException;

  /**
   * The state once an evaluation is known; most methods learn nothing from one.
   *
   * @param metrics of {@link #evaluate}
   */
  default S evaluated(S state, Map<String, Double> metrics) {
    return state;
  }

  /**
   * What decides the run's numbers besides weights, configuration and the training file, by names
   * for sentences: {@link dev.terse.io.DataFingerprint}.
   */
  Map<String, String> fingerprints() throws IOException;

  /** What the learner does, for the forecast of its memory. */
  Workload workload();

  /** Writes a state into a checkpoint's state folder. */
  void write(S state, Path folder) throws IOException;

  /** The state after {@code updates} updates, from the folder that {@link #write} filled. */
  S read(int updates, Path folder) throws IOException;

  @Override
  default void close() {}
}
