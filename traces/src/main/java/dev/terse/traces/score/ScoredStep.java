package dev.terse.traces.score;

import dev.terse.traces.segment.Step;

/**
 * A step and what the scoring model says of its tokens. A token belongs to the step that holds its
 * first character; the tokens of the blank line that ends a step count. A step within one longer
 * token has no token of its own: its sums are 0.
 *
 * @param step UTF-16 range of the thinking text
 * @param start,end the same range in code points
 * @param tokens number of tokens, M
 * @param entropySum sum of the entropies of the distributions the tokens were chosen from, in bits
 * @param surprisalSum sum of -log2 p(token)
 * @param plogpSum sum of -p log2 p over the tokens themselves, which is what the authors' code adds
 *     up in place of the entropy
 */
public record ScoredStep(
    Step step,
    int start,
    int end,
    int tokens,
    double entropySum,
    double surprisalSum,
    double plogpSum) {

  /** Entropy a token, in bits: the statistic of the paper's final version. */
  public double entropyMean() {
    return entropySum / Math.max(1, tokens);
  }
}
