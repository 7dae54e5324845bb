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
    String answer = thinking.closed() ? thinking.answer() : null;
    return trace.gold() != null && CHECK.check(trace.gold(), trace.response(), answer).isEqual();
  }
}
