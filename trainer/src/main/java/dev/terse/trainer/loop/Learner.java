package dev.terse.trainer.loop;

import java.io.IOException;
import java.util.Map;

/**
 * A kind of training, seen by the loop: what an update does. Updates are numbered from 0 and depend
 * on nothing but their number and what the updates before them left in the model and the optimizer.
 */
public interface Learner {

  /** Updates in one pass over the data. */
  int updatesPerEpoch();

  /** Does one update and tells its metrics, under TRL's names without {@code train/}. */
  Map<String, Double> step(int update);

  /** Metrics of an evaluation, without {@code eval/}. */
  Map<String, Double> evaluate(int update) throws IOException;
}
