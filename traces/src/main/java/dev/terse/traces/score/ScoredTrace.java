package dev.terse.traces.score;

import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.Trace;
import java.util.List;

/**
 * A trace whose steps are scored.
 *
 * @param thinking the response taken apart
 * @param steps in order; they tile {@code thinking.text()}
 */
public record ScoredTrace(Trace trace, Thinking thinking, List<ScoredStep> steps) {
  public ScoredTrace {
    steps = List.copyOf(steps);
  }

  /** The text of one of its steps, without the blank line that ends it. */
  public String text(ScoredStep step) {
    return step.step().text(thinking.text()).strip();
  }

  /** Tokens of the thinking text. */
  public int tokens() {
    return steps.stream().mapToInt(ScoredStep::tokens).sum();
  }
}
