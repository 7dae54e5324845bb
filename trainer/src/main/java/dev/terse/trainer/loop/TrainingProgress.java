package dev.terse.trainer.loop;

import dev.terse.trainer.checkpoint.BestModel;
import dev.terse.trainer.optim.Plateau;
import java.util.Optional;

/**
 * How far a run has come.
 *
 * @param updates done
 * @param numTokens that they have read
 * @param state that the next update goes on from, beside weights and moments
 * @param best the best evaluation so far, where evaluations are compared
 * @param plateau where reduce_lr_on_plateau stands; its start in other runs
 * @param withoutProgress evaluations in a row that early stopping has found no better
 * @param owesEvaluation whether the evaluation after the last update was given up at a stop
 */
public record TrainingProgress<S>(
    int updates,
    long numTokens,
    S state,
    Optional<BestModel> best,
    Plateau plateau,
    int withoutProgress,
    boolean owesEvaluation) {

  /** A run that has done nothing yet. */
  static <S> TrainingProgress<S> start(S state) {
    return new TrainingProgress<>(0, 0, state, Optional.empty(), Plateau.START, 0, false);
  }

  /** How far it is after one more update. */
  TrainingProgress<S> after(Update<S> step) {
    return new TrainingProgress<>(
        updates + 1,
        numTokens + step.numTokens(),
        step.state(),
        best,
        plateau,
        withoutProgress,
        false);
  }

  /** The same, evaluated and found the best. */
  TrainingProgress<S> withBest(double value) {
    return new TrainingProgress<>(
        updates,
        numTokens,
        state,
        Optional.of(new BestModel(value, updates)),
        plateau,
        withoutProgress,
        owesEvaluation);
  }

  /** The same after so many evaluations without progress. */
  TrainingProgress<S> withoutProgress(int evaluations) {
    return new TrainingProgress<>(
        updates, numTokens, state, best, plateau, evaluations, owesEvaluation);
  }

  /** The same with what an evaluation made of the learner's state. */
  TrainingProgress<S> withState(S next) {
    return new TrainingProgress<>(
        updates, numTokens, next, best, plateau, withoutProgress, owesEvaluation);
  }

  /** The same under another rate. */
  TrainingProgress<S> with(Plateau next) {
    return new TrainingProgress<>(
        updates, numTokens, state, best, next, withoutProgress, owesEvaluation);
  }

  /** The same with or without an evaluation that is to be made up for. */
  TrainingProgress<S> owingEvaluation(boolean owes) {
    return new TrainingProgress<>(updates, numTokens, state, best, plateau, withoutProgress, owes);
  }

  /** Whether the best evaluation is that of the model as it stands. */
  boolean isBest() {
    return best.map(b -> b.step() == updates).orElse(false);
  }
}
