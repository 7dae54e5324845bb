package dev.terse.trainer.data;

import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.rollout.Completion;
import dev.terse.rollout.FinishReason;
import dev.terse.traces.segment.SkipCounts;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.ThinkingRule;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Reads completions as text, all of a run by one rule.
 *
 * @param tokenizer of the model that drew them; not owned
 * @param skipMark what counts as a skip
 * @param rule where thinking ends
 */
public record CompletionReader(Tokenizer tokenizer, String skipMark, ThinkingRule rule) {

  /** Reads a completion. */
  public CompletionReading read(Completion completion) {
    int[] ids = completion.ids();
    return read(ids, tokenizer.decode(ids, true), completion.finish() == FinishReason.STOP);
  }

  /** Reads a text as a completion that the model ended itself. */
  public CompletionReading read(String text) {
    return read(tokenizer.encode(text), text, true);
  }

  private CompletionReading read(int[] ids, String text, boolean finished) {
    Thinking thinking = finished ? rule.of(text) : rule.ofCut(text);
    int thinkTokens = thinkTokens(ids, thinking);
    return new CompletionReading(
        ids,
        text,
        thinking,
        SkipCounts.of(thinking.text(), skipMark),
        thinkTokens,
        ids.length - thinkTokens,
        finished);
  }

  private int thinkTokens(int[] ids, Thinking thinking) {
    if (!thinking.closed()) {
      return ids.length;
    }
    if (thinking.marked()) {
      return fewest(ids, text -> text.contains(Thinking.CLOSE));
    }
    return thinking.end() == 0 ? 0 : fewest(ids, text -> text.length() >= thinking.end());
  }

  /** Fewest tokens whose text is {@code enough}; what is enough may end within a token. */
  private int fewest(int[] ids, Predicate<String> enough) {
    int without = 0;
    int with = ids.length;
    while (without + 1 < with) {
      int middle = (without + with) >>> 1;
      if (enough.test(tokenizer.decode(Arrays.copyOf(ids, middle), true))) {
        with = middle;
      } else {
        without = middle;
      }
    }
    return with;
  }
}
