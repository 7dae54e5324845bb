package dev.terse.trainer.grpo.episode;

import dev.terse.answers.AnswerCheck;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.traces.segment.Segmenter;
import dev.terse.traces.segment.Step;
import dev.terse.trainer.data.CompletionReading;
import java.util.Arrays;

/**
 * The tokens of a thinking that come after its answer: after the first step whose text, by our own
 * checker, gives the right one, up to what ends the thinking (LC-R1, arXiv 2506.14755, cuts there;
 * DECS, arXiv 2509.25827, lets a model find the place). An answer that also is a result on the way
 * to it is taken for the end, so this is for tasks whose answers seldom are.
 *
 * @param from first token of them
 * @param to the one after the last; {@code from} where there are none
 */
public record AnswerTail(int from, int to) {
  /** No token is too many. */
  public static final AnswerTail NONE = new AnswerTail(0, 0);

  private static final AnswerCheck CHECK = new AnswerCheck(AnswerPolicy.LENIENT);

  /**
   * The tail of a completion.
   *
   * @param gold the right answer; null for none, which has no tail
   */
  public static AnswerTail of(CompletionReading reading, String gold, Tokenizer tokenizer) {
    if (gold == null) {
      return NONE;
    }
    String thinking = reading.thinking().text();
    for (Step step : Segmenter.steps(thinking)) {
      if (CHECK.check(gold, step.text(thinking)).isEqual()) {
        int start = reading.thinking().start();
        int from = tokens(reading.ids(), start + step.end(), tokenizer);
        int to = tokens(reading.ids(), start + thinking.length(), tokenizer);
        return from < to ? new AnswerTail(from, to) : NONE;
      }
    }
    return NONE;
  }

  /** Fewest tokens whose text has {@code length} characters; all where none have. */
  private static int tokens(int[] ids, int length, Tokenizer tokenizer) {
    int without = 0;
    int with = ids.length;
    while (without + 1 < with) {
      int middle = (without + with) >>> 1;
      if (tokenizer.decode(Arrays.copyOf(ids, middle), true).length() >= length) {
        with = middle;
      } else {
        without = middle;
      }
    }
    return with;
  }

  /** How many they are. */
  public int count() {
    return to - from;
  }
}
