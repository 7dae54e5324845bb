package dev.terse.reward;

import dev.terse.answers.extract.AnswerPolicy.Part;
import java.util.Map;

/**
 * What a reward sees of one completion. Text is data: nothing in it is ever executed.
 *
 * @param completion decoded text, added tokens such as [SKIP] kept, special tokens left out
 * @param gold the right answer as the data set has it; null where it has none
 * @param ids its tokens, the stop token included; not to be changed
 * @param finished whether the model ended it itself (false: cut by the limit)
 * @param steps kept steps of the thinking, by the shared segmenter
 * @param skips [SKIP] marks in the thinking, by the shared segmenter
 * @param longestSkipRun most [SKIP] marks in a row
 * @param source what it is a completion of
 * @param answer what follows the thinking, by the run's rule of where that ends; null where it does
 *     not end
 */
public record Sample(
    String completion,
    String gold,
    int[] ids,
    boolean finished,
    int steps,
    int skips,
    int longestSkipRun,
    Source source,
    String answer) {

  /** A completion whose thinking ends with {@code </think>}. */
  public Sample(
      String completion,
      String gold,
      int[] ids,
      boolean finished,
      int steps,
      int skips,
      int longestSkipRun,
      Source source) {
    this(
        completion,
        gold,
        ids,
        finished,
        steps,
        skips,
        longestSkipRun,
        source,
        Part.afterMark(completion));
  }

  /** The same, of nothing that is known. */
  public Sample(
      String completion,
      String gold,
      int[] ids,
      boolean finished,
      int steps,
      int skips,
      int longestSkipRun) {
    this(completion, gold, ids, finished, steps, skips, longestSkipRun, Source.NONE);
  }

  /**
   * Where a completion comes from.
   *
   * @param prompt text, or the list of messages, as maps of role and content; null for none
   * @param columns the row of the data set but its prompt: texts, numbers, booleans, null, lists
   *     and maps of these
   */
  public record Source(Object prompt, Map<String, Object> columns) {
    /** Of a completion of nothing that is known. */
    public static final Source NONE = new Source(null, Map.of());
  }

  /** Length of the completion in tokens, the stop token included. */
  public int tokens() {
    return ids.length;
  }
}
