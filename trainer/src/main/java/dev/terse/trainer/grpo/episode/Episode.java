package dev.terse.trainer.grpo.episode;

import dev.terse.reward.Score;
import dev.terse.rollout.Completion;
import dev.terse.rollout.FinishReason;
import dev.terse.rollout.Group;
import dev.terse.trainer.data.CompletionReading;
import dev.terse.trainer.data.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A completion that has been judged.
 *
 * @param reading its text taken apart
 * @param score its reward
 * @param advantage over the others of its group
 * @param tail tokens that come after the answer
 * @param tailPenalty what is taken off the advantage of each of them
 */
public record Episode(
    Problem problem,
    Completion completion,
    CompletionReading reading,
    Score score,
    double advantage,
    AnswerTail tail,
    double tailPenalty) {

  /** An episode all of whose tokens have its advantage. */
  public Episode(
      Problem problem,
      Completion completion,
      CompletionReading reading,
      Score score,
      double advantage) {
    this(problem, completion, reading, score, advantage, AnswerTail.NONE, 0);
  }

  /** The same with tokens that come after the answer. */
  public Episode withTail(AnswerTail found, double penalty) {
    return new Episode(problem, completion, reading, score, advantage, found, penalty);
  }

  /** The same completion behind another prompt. */
  public Episode of(Problem other) {
    return new Episode(other, completion, reading, score, advantage, tail, tailPenalty);
  }

  /** Whether a token has an advantage other than 0. */
  public boolean hasAdvantage() {
    return advantage != 0 || tailPenalty != 0 && tail.count() > 0;
  }

  /**
   * The episodes of a generation.
   *
   * @param problems [P]
   * @param groups completions of each, [P][G]
   * @param rewards [P·G]
   * @param advantages [P·G]
   * @return groups one after another, [P·G]
   */
  public static List<Episode> of(
      List<Problem> problems, List<Group> groups, List<Judge.Reward> rewards, double[] advantages) {
    int groupSize = advantages.length / problems.size();
    return IntStream.range(0, advantages.length)
        .mapToObj(
            i ->
                new Episode(
                    problems.get(i / groupSize),
                    groups.get(i / groupSize).completions().get(i % groupSize),
                    rewards.get(i).reading(),
                    rewards.get(i).score(),
                    advantages[i]))
        .toList();
  }

  public boolean truncated() {
    return completion.finish() == FinishReason.LENGTH;
  }

  /** Tokens of the completion. */
  public int tokens() {
    return completion.ids().length;
  }

  /** Tokens of the prompt and the completion. */
  public int sequenceTokens() {
    return problem.prompt().ids().length + tokens();
  }

  /** Whether both go on from the same tokens. */
  public boolean sharesPromptWith(Episode other) {
    return Arrays.equals(problem.prompt().ids(), other.problem.prompt().ids());
  }
}
