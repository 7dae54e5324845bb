package dev.terse.answers;

import dev.terse.answers.compare.Reader;
import dev.terse.answers.extract.AnswerFinder;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.answers.extract.Found;
import dev.terse.answers.extract.SentenceStarts;

/**
 * Where a text begins to give its final answer: the last sentence or line from which on the
 * extraction finds by itself what it finds in the whole text (lenient policy, docs/answers.md). So
 * an answer that is read in the rest is the answer of the text.
 */
public final class AnswerPlace {

  /**
   * Sentences from the end of which each is tried; before them every second, fourth, eighth one, so
   * that a hostile text costs no more than some dozen searches.
   */
  private static final int NEAR = 48;

  private AnswerPlace() {}

  /** UTF-16 index of the first character of that sentence; -1 where no answer is found. */
  public static int in(String text) {
    int[] starts = SentenceStarts.in(text);
    Found whole = find(text);
    if (starts.length == 0 || whole.isNone()) {
      return -1;
    }
    for (int back = 1; back < starts.length; back = back < NEAR ? back + 1 : 2 * back) {
      int start = starts[starts.length - back];
      if (isSame(find(text.substring(start)), whole)) {
        return start;
      }
    }
    return starts[0];
  }

  /** A marked answer keeps its mark; an unmarked one may be all that a sentence says. */
  private static boolean isSame(Found found, Found whole) {
    return !found.isNone()
        && found.text().equals(whole.text())
        && (found.source() == whole.source() || whole.isUnmarked());
  }

  private static Found find(String text) {
    var reader = new Reader();
    return new AnswerFinder(AnswerPolicy.LENIENT, reader::isMathematics, reader::isReadable)
        .find(text, false);
  }
}
