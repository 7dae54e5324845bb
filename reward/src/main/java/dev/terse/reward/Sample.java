package dev.terse.reward;

/**
 * What a reward sees of one completion. Text is data: nothing in it is ever executed.
 *
 * @param completion decoded text, added tokens such as [SKIP] kept, special tokens left out
 * @param gold the right answer as the data set has it
 * @param ids its tokens, the stop token included; not to be changed
 * @param finished whether the model ended it itself (false: cut by the limit)
 * @param steps kept steps of the thinking, by the shared segmenter
 * @param skips [SKIP] marks in the thinking, by the shared segmenter
 * @param longestSkipRun most [SKIP] marks in a row
 */
public record Sample(
    String completion,
    String gold,
    int[] ids,
    boolean finished,
    int steps,
    int skips,
    int longestSkipRun) {

  /** Length of the completion in tokens, the stop token included. */
  public int tokens() {
    return ids.length;
  }
}
