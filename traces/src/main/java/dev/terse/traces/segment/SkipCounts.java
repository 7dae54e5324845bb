package dev.terse.traces.segment;

/**
 * How much of a chain of thought was skipped. The marks cut the text, the {@link Segmenter} splits
 * what stands between them, and a piece that is not blank is a kept step; so a mark alone between
 * blank lines counts as a skip and not as a step (the authors' reward counts it as both).
 *
 * @param kept steps with text
 * @param skips marks
 * @param longestRun most marks in a row with nothing but white space between them
 */
public record SkipCounts(int kept, int skips, int longestRun) {

  /** The mark of the paper. */
  public static final String SKIP = "[SKIP]";

  /** Counts in the thinking text of a completion. */
  public static SkipCounts of(String thinking, String mark) {
    if (mark.isBlank()) {
      throw new IllegalArgumentException("the skip mark must not be blank");
    }
    int kept = 0;
    int skips = 0;
    int run = 0;
    int longest = 0;
    int at = 0;
    while (true) {
      int next = thinking.indexOf(mark, at);
      String between = thinking.substring(at, next < 0 ? thinking.length() : next);
      int steps = stepsWithText(between);
      kept += steps;
      if (next < 0) {
        return new SkipCounts(kept, skips, longest);
      }
      skips++;
      run = steps == 0 ? run + 1 : 1;
      longest = Math.max(longest, run);
      at = next + mark.length();
    }
  }

  /** Skips as a share of all steps, 0 where there is no step at all. */
  public double ratio() {
    return skips / (double) Math.max(1, kept + skips);
  }

  private static int stepsWithText(String text) {
    return (int) Segmenter.steps(text).stream().filter(s -> !s.text(text).isBlank()).count();
  }
}
