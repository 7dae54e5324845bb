package dev.terse.trainer.grpo;

import dev.terse.engine.HeadRows;
import dev.terse.model.Decoder;
import dev.terse.model.PackedBatch;
import dev.terse.model.Parameters;

/**
 * The policy with its adapters as the run began: fresh ones change nothing, so that is the base
 * model, as in TRL; adapters that are trained on are what they were. The base is held once.
 */
final class AdapterReference implements ReferenceModel {
  private final Decoder policy;
  private final Parameters begun;
  private final Parameters aside;

  /**
   * Remembers what the adapters are now.
   *
   * @param policy not owned
   */
  AdapterReference(Decoder policy) {
    this.policy = policy;
    this.begun = policy.trained().zerosLike(policy.engine());
    this.aside = policy.trained().zerosLike(policy.engine());
    copy(policy.trained(), begun);
  }

  @Override
  public double[] logProbs(PackedBatch tokens, HeadRows targets, double temperature) {
    copy(policy.trained(), aside);
    copy(begun, policy.trained());
    try {
      return policy.score(tokens, targets, temperature).logProbs();
    } finally {
      copy(aside, policy.trained());
    }
  }

  private void copy(Parameters from, Parameters to) {
    for (String name : from.names()) {
      policy.engine().copy(from.get(name), to.get(name));
    }
  }

  @Override
  public void close() {
    begun.close();
    aside.close();
  }
}
