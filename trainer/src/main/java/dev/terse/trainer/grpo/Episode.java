package dev.terse.trainer.grpo;

import dev.terse.reward.Score;
import dev.terse.rollout.Completion;
import dev.terse.rollout.FinishReason;
import dev.terse.trainer.data.CompletionReading;
import dev.terse.trainer.data.Problem;

/**
 * A completion with everything that an update needs to know of it.
 *
 * @param reading its text taken apart
 * @param score its reward
 * @param advantage over the others of its group
 * @param oldLogProbs of the policy that drew it, from a forward of the trainer, [ids]; null on
 *     policy, where they are the training forward's own
 * @param referenceLogProbs of the reference, [ids]; null where beta is 0
 */
record Episode(
    Problem problem,
    Completion completion,
    CompletionReading reading,
    Score score,
    double advantage,
    double[] oldLogProbs,
    double[] referenceLogProbs) {

  boolean truncated() {
    return completion.finish() == FinishReason.LENGTH;
  }

  int tokens() {
    return completion.ids().length;
  }

  Episode with(double[] oldLogProbs, double[] referenceLogProbs) {
    return new Episode(
        problem, completion, reading, score, advantage, oldLogProbs, referenceLogProbs);
  }
}
