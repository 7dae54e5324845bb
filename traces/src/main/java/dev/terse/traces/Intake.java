package dev.terse.traces;

import dev.terse.traces.score.TraceScorer;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.ThinkingRule;
import dev.terse.traces.segment.Trace;
import java.util.function.BiPredicate;

/**
 * Which rows the {@link Compressor} takes.
 *
 * @param badRows what becomes of a row that cannot be read
 * @param maxTokens longest prompt and response together; the model's positions bound it too
 * @param batchTokens tokens that are scored in one pass (a longer row goes alone)
 * @param rule where thinking ends, in all rows alike
 * @param right tells a trace whose answer is right; the others are dropped
 * @param stillRight tells of pruned traces whether the model still answers them right; the others
 *     are dropped, and rows without a gold answer with them; null asks nothing
 */
public record Intake(
    BadRows badRows,
    int maxTokens,
    int batchTokens,
    ThinkingRule rule,
    BiPredicate<Trace, Thinking> right,
    StillRight stillRight) {

  /** What becomes of a row that cannot be read. */
  public enum BadRows {
    /** The run ends with a sentence that names the line. */
    FAIL,
    /** The row is dropped, counted and named in the log. */
    SKIP
  }

  public Intake {
    if (maxTokens < 1 || batchTokens < 1) {
      throw new IllegalArgumentException(
          "limits must be 1 token or more, were " + maxTokens + " and " + batchTokens);
    }
  }

  /** Pruned traces are taken as they are. */
  public Intake(
      BadRows badRows,
      int maxTokens,
      int batchTokens,
      ThinkingRule rule,
      BiPredicate<Trace, Thinking> right) {
    this(badRows, maxTokens, batchTokens, rule, right, null);
  }

  /** Every row with marks that can be read; one that cannot ends the run. */
  public static Intake all() {
    return new Intake(
        BadRows.FAIL, Integer.MAX_VALUE, 4096, ThinkingRule.MARKS, (t, thinking) -> true);
  }

  /** Longest prompt and response together. */
  int maxTokens(TraceScorer scorer) {
    return Math.min(maxTokens, scorer.maxPositions());
  }

  /** Why the trace is not taken, or null if it is. */
  public DropReason refuses(Trace trace, Thinking thinking) {
    if (stillRight != null && trace.gold() == null) {
      return DropReason.NO_GOLD;
    }
    if (!rule.isMarks() && trace.response().contains(Thinking.CLOSE)) {
      return DropReason.MARKED;
    }
    if (!thinking.closed()) {
      return rule.isMarks() ? DropReason.UNCLOSED : DropReason.NO_FINAL_ANSWER;
    }
    if (thinking.text().isBlank()) {
      return DropReason.EMPTY_THINKING;
    }
    if (thinking.answer().isBlank()) {
      return DropReason.NO_ANSWER;
    }
    return right.test(trace, thinking) ? null : DropReason.WRONG_ANSWER;
  }
}
