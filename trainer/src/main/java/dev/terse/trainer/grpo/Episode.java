package dev.terse.trainer.grpo;

import dev.terse.reward.Score;
import dev.terse.rollout.Completion;
import dev.terse.rollout.FinishReason;
import dev.terse.trainer.data.CompletionReading;
import dev.terse.trainer.data.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A completion with everything that an update needs to know of it.
 *
 * @param index its place in its generation
 * @param reading its text taken apart
 * @param score its reward
 * @param advantage over the others of its group
 * @param oldLogProbs of the policy that drew it, from a forward of the trainer, [ids]; null on
 *     policy, where they are the training forward's own
 * @param referenceLogProbs of the reference, [ids]; null where beta is 0
 */
record Episode(
    int index,
    Problem problem,
    Completion completion,
    CompletionReading reading,
    Score score,
    double advantage,
    double[] oldLogProbs,
    double[] referenceLogProbs) {

  /** An episode that has not been compared with its group yet. */
  static Episode scored(
      Problem problem, Completion completion, CompletionReading reading, Score score) {
    return new Episode(-1, problem, completion, reading, score, 0, null, null);
  }

  /** The episodes of a generation with their places and advantages, [episodes]. */
  static List<Episode> compared(List<Episode> episodes, double[] advantages) {
    return IntStream.range(0, advantages.length)
        .mapToObj(i -> episodes.get(i).withAdvantage(i, advantages[i]))
        .toList();
  }

  /** Reward of each episode; NaN where there is none. */
  static double[] rewards(List<Episode> episodes) {
    return episodes.stream().mapToDouble(episode -> episode.score().total()).toArray();
  }

  boolean truncated() {
    return completion.finish() == FinishReason.LENGTH;
  }

  /** Tokens of the completion. */
  int tokens() {
    return completion.ids().length;
  }

  /** Tokens of the prompt and the completion. */
  int sequenceTokens() {
    return problem.prompt().ids().length + tokens();
  }

  /**
   * Whether its prompt has the same tokens.
   *
   * @param other null for none
   */
  boolean hasPromptOf(Episode other) {
    return other != null && Arrays.equals(problem.prompt().ids(), other.problem.prompt().ids());
  }

  private Episode withAdvantage(int place, double ofGroup) {
    return new Episode(
        place, problem, completion, reading, score, ofGroup, oldLogProbs, referenceLogProbs);
  }

  Episode withLogProbs(double[] oldLogProbs, double[] referenceLogProbs) {
    return new Episode(
        index, problem, completion, reading, score, advantage, oldLogProbs, referenceLogProbs);
  }
}
