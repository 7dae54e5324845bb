package dev.terse.trainer.loop;

/**
 * How far a run has come.
 *
 * @param updates done
 * @param numTokens that they have read
 * @param state that the next update goes on from, beside weights and moments
 */
public record Progress<S>(int updates, long numTokens, S state) {

  /** How far it is after one more update. */
  Progress<S> after(Step<S> step) {
    return new Progress<>(updates + 1, numTokens + step.numTokens(), step.state());
  }
}
