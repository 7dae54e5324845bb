package dev.terse.trainer.grpo.episode;

import java.util.List;
import java.util.Optional;

/**
 * The episodes that one or more updates learn from, with what the loss compares them with:
 * constants while the policy moves.
 *
 * @param number from 0
 * @param episodes groups one after another, [P·G]
 * @param oldLogProbs ℓ° of each episode's tokens, from a forward of the policy that drew them,
 *     [P·G][ids]; none on policy, where they are the training forward's own
 * @param referenceLogProbs ln π_ref of the same, [P·G][ids]; none where beta is 0
 */
public record Generation(
    int number,
    List<Episode> episodes,
    Optional<List<double[]>> oldLogProbs,
    Optional<List<double[]>> referenceLogProbs) {

  /** What the first update has before it. */
  public static final Generation NONE =
      new Generation(-1, List.of(), Optional.empty(), Optional.empty());

  /** Tokens of all prompts, one a completion, and completions. */
  public long tokens() {
    return episodes.stream().mapToLong(Episode::sequenceTokens).sum();
  }
}
