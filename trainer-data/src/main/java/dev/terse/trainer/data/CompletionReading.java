package dev.terse.trainer.data;

import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.reward.Sample;
import dev.terse.traces.segment.SkipCounts;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.ThinkingRule;

/**
 * A completion as text, by the run's rule of thinking and the shared segmenter: what rewards,
 * metrics and records say of it. {@link CompletionReader} makes it.
 *
 * @param ids the tokens, the end token included; not to be changed
 * @param text decoded, special tokens left out; marks such as [SKIP] and {@code </think>} stay
 * @param thinking the text taken apart
 * @param skips steps and marks in the thinking
 * @param thinkTokens tokens of the thinking, {@code </think>} with them; all where it never ended
 * @param answerTokens tokens after that, the end token included
 * @param finished whether the model ended it itself
 */
public record CompletionReading(
    int[] ids,
    String text,
    Thinking thinking,
    SkipCounts skips,
    int thinkTokens,
    int answerTokens,
    boolean finished) {

  /**
   * Reads a text as a completion that the model ended itself, whose thinking ends with {@code
   * </think>}; the mark is [SKIP].
   */
  public static CompletionReading of(String text, Tokenizer tokenizer) {
    return new CompletionReader(tokenizer, SkipCounts.SKIP, ThinkingRule.MARKS).read(text);
  }

  /** All tokens, the end token included. */
  public int tokens() {
    return thinkTokens + answerTokens;
  }

  /** What follows the thinking; null where it never ended. */
  public String answer() {
    return thinking.closed() ? thinking.answer() : null;
  }

  /** What rewards see. */
  public Sample sample(Problem problem) {
    return sample(
        problem.gold(), new Sample.Source(problem.row().prompt(), problem.row().columns()));
  }

  /**
   * What rewards see of a completion of nothing that is known.
   *
   * @param gold the right answer, or null
   */
  public Sample sample(String gold) {
    return sample(gold, Sample.Source.NONE);
  }

  private Sample sample(String gold, Sample.Source source) {
    return new Sample(
        text,
        gold,
        ids,
        finished,
        skips.kept(),
        skips.skips(),
        skips.longestRun(),
        source,
        answer());
  }
}
