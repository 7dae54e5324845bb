package dev.terse.traces.segment;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits thinking text into steps: a step ends after a maximal run of two or more line feeds. Steps
 * tile the text exactly. The one segmenter of scorer, pruner, rewards and statistics
 * (docs/method.md, section 2; the authors' code compares single tokens and misses most blank
 * lines).
 *
 * <p>A run at the very beginning belongs to the first step and a run at the very end to the last,
 * so no step is made of line feeds alone, unless the whole text is.
 */
public final class Segmenter {
  private Segmenter() {}

  /** The steps of {@code thinking}, in order; none for empty text. */
  public static List<Step> steps(String thinking) {
    List<Step> steps = new ArrayList<>();
    int start = 0;
    int at = endOfRun(thinking, 0);
    while (at < thinking.length()) {
      int run = endOfRun(thinking, at);
      if (run - at >= 2) {
        steps.add(new Step(start, run));
        start = run;
      }
      at = Math.max(run, at + 1);
    }
    if (start < thinking.length()) {
      steps.add(new Step(start, thinking.length()));
    }
    return steps;
  }

  /** Index after the line feeds that begin at {@code at}; {@code at} itself where none do. */
  private static int endOfRun(String text, int at) {
    while (at < text.length() && text.charAt(at) == '\n') {
      at++;
    }
    return at;
  }
}
