package dev.terse.lab.sampling;

import dev.terse.traces.segment.Thinking;

/** The text of the chains that are written. */
public enum TraceForm {
  /** As the model wrote it. */
  AS_IS,
  /**
   * With marks around the thinking, {@code <think>\n … \n</think>\n\n} and the answer: rows that
   * teach marks to a model that does not think in them.
   */
  R1;

  /** The response in this form; null where it has no thinking to put marks around. */
  String of(String response, Thinking thinking) {
    if (this == AS_IS) {
      return response;
    }
    boolean whole = thinking.closed() && !thinking.text().isBlank() && !thinking.answer().isBlank();
    return whole ? thinking.withMarks() : null;
  }
}
