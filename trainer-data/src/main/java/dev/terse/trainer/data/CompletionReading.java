package dev.terse.trainer.data;

import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.reward.Sample;
import dev.terse.rollout.Completion;
import dev.terse.rollout.FinishReason;
import dev.terse.traces.segment.SkipCounts;
import dev.terse.traces.segment.Thinking;
import java.util.Arrays;

/**
 * A completion as text, by the shared segmenter: what rewards, metrics and records say of it.
 *
 * @param ids the tokens, the end token included; not to be changed
 * @param text decoded, special tokens left out; marks such as [SKIP] and {@code </think>} stay
 * @param thinking the text taken apart
 * @param skips steps and marks in the thinking
 * @param thinkTokens tokens up to {@code </think>} and with it; all where it never came
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

  /** Reads {@code completion}; {@code skipToken} is the mark. */
  public static CompletionReading of(Completion completion, Tokenizer tokenizer, String skipToken) {
    boolean finished = completion.finish() == FinishReason.STOP;
    String text = tokenizer.decode(completion.ids(), true);
    return of(completion.ids(), text, finished, tokenizer, skipToken);
  }

  /** Reads a text as a completion that the model ended itself; the mark is [SKIP]. */
  public static CompletionReading of(String text, Tokenizer tokenizer) {
    return of(tokenizer.encode(text), text, true, tokenizer, SkipCounts.SKIP);
  }

  private static CompletionReading of(
      int[] ids, String text, boolean finished, Tokenizer tokenizer, String skipToken) {
    Thinking thinking = Thinking.of(text);
    int thinkTokens =
        thinking.closed() ? tokensThrough(Thinking.CLOSE, ids, tokenizer) : ids.length;
    return new CompletionReading(
        ids,
        text,
        thinking,
        SkipCounts.of(thinking.text(), skipToken),
        thinkTokens,
        ids.length - thinkTokens,
        finished);
  }

  /** All tokens, the end token included. */
  public int tokens() {
    return thinkTokens + answerTokens;
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
        text, gold, ids, finished, skips.kept(), skips.skips(), skips.longestRun(), source);
  }

  /** Fewest tokens whose text holds {@code mark}; the mark may be one token or several. */
  private static int tokensThrough(String mark, int[] ids, Tokenizer tokenizer) {
    int without = 0;
    int with = ids.length;
    while (without + 1 < with) {
      int middle = (without + with) >>> 1;
      if (tokenizer.decode(Arrays.copyOf(ids, middle), true).contains(mark)) {
        with = middle;
      } else {
        without = middle;
      }
    }
    return with;
  }
}
