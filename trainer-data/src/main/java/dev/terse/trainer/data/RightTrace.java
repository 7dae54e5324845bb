package dev.terse.trainer.data;

import dev.terse.answers.AnswerCheck;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.Trace;

/** Tells traces whose answer, after the thinking, equals the gold answer. */
public final class RightTrace {
  private static final AnswerCheck CHECK = new AnswerCheck(AnswerPolicy.STRICT);

  private RightTrace() {}

  /** Whether the trace has a gold answer and gives it. */
  public static boolean test(Trace trace, Thinking thinking) {
    return test(trace.gold(), trace.response(), thinking.closed() ? thinking.answer() : null);
  }

  /**
   * Whether there is a gold answer, and the text gives it.
   *
   * @param gold the right answer, or null
   * @param completion thinking and answer
   * @param answer what follows the thinking, or null where that does not end
   */
  public static boolean test(String gold, String completion, String answer) {
    return gold != null && CHECK.check(gold, completion, answer).isEqual();
  }
}
