package dev.terse.reward.terms;

/**
 * The thinking as the authors' reward code sees it: raw text before the first {@code </think>};
 * without the tag Python's {@code y[:-1]}, that is all but the last character. Blank lines and
 * skips are counted in the raw text, not by the shared segmenter (docs/method.md, section 7).
 *
 * @param blankLines non-overlapping occurrences of two line feeds
 * @param skips occurrences of {@code [SKIP]}
 */
record PaperThinking(int blankLines, int skips) {

  static PaperThinking of(String completion) {
    int end = completion.indexOf("</think>");
    int length = end >= 0 ? end : Math.max(0, completion.length() - 1);
    return new PaperThinking(
        count(completion, length, "\n\n"), count(completion, length, "[SKIP]"));
  }

  private static int count(String text, int length, String mark) {
    int count = 0;
    int at = text.indexOf(mark);
    while (at >= 0 && at + mark.length() <= length) {
      count++;
      at = text.indexOf(mark, at + mark.length());
    }
    return count;
  }
}
