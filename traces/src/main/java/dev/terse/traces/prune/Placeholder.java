package dev.terse.traces.prune;

import dev.terse.traces.segment.Step;
import java.util.List;

/**
 * What stands where steps were pruned. A pruned step goes with the blank line that ends it; kept
 * steps stay to the letter.
 *
 * @param text the mark; empty deletes
 * @param mergesRuns whether neighbouring pruned steps share one mark
 */
public record Placeholder(String text, boolean mergesRuns) {

  /** One mark for each pruned step, with nothing between: the paper. */
  public static Placeholder perStep(String text) {
    return new Placeholder(text, false);
  }

  /** One mark for a run of pruned steps. */
  public static Placeholder mergedRuns(String text) {
    return new Placeholder(text, true);
  }

  /** The chain with marks in place of the pruned steps. */
  public String apply(String thinking, List<Step> steps, boolean[] pruned) {
    StringBuilder chain = new StringBuilder(thinking.length());
    for (int i = 0; i < pruned.length; i++) {
      if (!pruned[i]) {
        chain.append(thinking, steps.get(i).start(), steps.get(i).end());
      } else if (!mergesRuns || i == 0 || !pruned[i - 1]) {
        chain.append(text);
      }
    }
    return chain.toString();
  }
}
