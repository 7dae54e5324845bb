package dev.terse.trainer.grpo;

import dev.terse.engine.HeadRows;
import dev.terse.model.PackedBatch;

/** The frozen model that the policy is kept near to: the one that the run began with. */
interface ReferenceModel extends AutoCloseable {

  /** Log-probabilities of the targets; nothing is left out. */
  double[] logProbs(PackedBatch tokens, HeadRows targets, double temperature);

  @Override
  void close();
}
