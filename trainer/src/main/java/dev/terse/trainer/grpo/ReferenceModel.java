package dev.terse.trainer.grpo;

import dev.terse.engine.HeadRows;
import dev.terse.model.ModelFolder;
import dev.terse.model.PackedBatch;

/** The frozen model that the policy is kept near to: the one that the run began with. */
record ReferenceModel(ModelFolder model) implements AutoCloseable {

  /** Log-probabilities of the targets. */
  double[] logProbs(PackedBatch tokens, HeadRows targets, double temperature) {
    return model.decoder().score(tokens, targets, temperature).logProbs();
  }

  @Override
  public void close() {
    model.close();
  }
}
