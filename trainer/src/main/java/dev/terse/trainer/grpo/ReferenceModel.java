package dev.terse.trainer.grpo;

import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.Parameters;
import java.util.function.Function;

/**
 * The model that the policy is kept near to: the one that the run began with, unless it follows.
 */
sealed interface ReferenceModel extends AutoCloseable {

  /** What {@code read} finds in a decoder that holds the reference's weights; it is only lent. */
  <T> T lend(Function<Decoder, T> read);

  /** Moves it towards the policy: π_ref ← α·π + (1 - α)·π_ref. */
  void follow(Decoder policy, double alpha);

  /** own ← α·to + (1 - α)·own, tensor by tensor. */
  private static void mix(Engine engine, Parameters to, Parameters own, double alpha) {
    for (String name : own.names()) {
      try (Tensor difference = engine.allocate(own.get(name).shape())) {
        engine.copy(to.get(name), difference);
        engine.add(own.get(name), -1, difference);
        engine.add(difference, alpha, own.get(name));
      }
    }
  }

  /** Its own weights, which change only by {@link #follow}. */
  Parameters weights();

  @Override
  void close();

  /**
   * That model in memory a second time.
   *
   * @param model owned
   */
  record Whole(ModelFolder model) implements ReferenceModel {
    @Override
    public <T> T lend(Function<Decoder, T> read) {
      return read.apply(model.decoder());
    }

    @Override
    public void follow(Decoder policy, double alpha) {
      mix(policy.engine(), policy.weights(), weights(), alpha);
    }

    @Override
    public Parameters weights() {
      return model.decoder().weights();
    }

    @Override
    public void close() {
      model.close();
    }
  }

  /**
   * The policy with its adapters as the run began: fresh ones change nothing, so that is the base
   * model, as in TRL; adapters that are trained on are what they were. The base is held once: while
   * it is lent, the policy's adapters are overwritten, and put back at its end. Besides the
   * optimizer this is the only writer of what is trained.
   *
   * @param policy not owned
   * @param begun what its adapters were, owned
   * @param current what they are while the policy is lent, owned
   */
  record Adapters(Decoder policy, Parameters begun, Parameters current) implements ReferenceModel {

    /** Remembers what the adapters are now. */
    static Adapters of(Decoder policy) {
      Adapters reference =
          new Adapters(
              policy,
              policy.trained().zerosLike(policy.engine()),
              policy.trained().zerosLike(policy.engine()));
      reference.copy(policy.trained(), reference.begun);
      return reference;
    }

    @Override
    public <T> T lend(Function<Decoder, T> read) {
      copy(policy.trained(), current);
      copy(begun, policy.trained());
      try {
        return read.apply(policy);
      } finally {
        copy(current, policy.trained());
      }
    }

    @Override
    public void follow(Decoder of, double alpha) {
      mix(of.engine(), of.trained(), begun, alpha);
    }

    @Override
    public Parameters weights() {
      return begun;
    }

    private void copy(Parameters from, Parameters to) {
      for (String name : from.names()) {
        policy.engine().copy(from.get(name), to.get(name));
      }
    }

    @Override
    public void close() {
      begun.close();
      current.close();
    }
  }
}
