package dev.terse.trainer.loop;

/**
 * How far a run has come.
 *
 * @param updates done
 * @param numTokens that they have read
 * @param state that the next update goes on from, beside weights and moments
 */
public record TrainingProgress<S>(int updates, long numTokens, S state) {

  /** How far it is after one more update. */
  TrainingProgress<S> after(Update<S> step) {
    return new TrainingProgress<>(updates + 1, numTokens + step.numTokens(), step.state());
  }
}
