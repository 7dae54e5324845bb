package dev.terse.lab.curve;

import dev.terse.traces.score.TraceScorer;
import dev.terse.traces.score.TraceTokens;

/**
 * A chain that is about to be pruned.
 *
 * @param chain the row
 * @param scores of its steps and tokens
 */
record ScoredChain(Chosen chain, TraceScorer.Detailed scores) {

  /**
   * A row that can be used.
   *
   * @param number its place among those
   * @param tokens as the model reads it
   * @param answers finds its final answer
   */
  record Chosen(int number, TraceTokens tokens, AnswerMask answers) {}
}
