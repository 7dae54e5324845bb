package dev.terse.trainer.grpo;

import dev.terse.engine.HeadRows;
import dev.terse.model.ModelFolder;
import dev.terse.model.PackedBatch;

/** The model that the run began with, in memory a second time. */
record WholeReference(ModelFolder model) implements ReferenceModel {

  @Override
  public double[] logProbs(PackedBatch tokens, HeadRows targets, double temperature) {
    return model.decoder().score(tokens, targets, temperature).logProbs();
  }

  @Override
  public void close() {
    model.close();
  }
}
