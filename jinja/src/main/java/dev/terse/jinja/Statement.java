package dev.terse.jinja;

import java.util.List;

/** A compiled piece of a template. */
@FunctionalInterface
interface Statement {
  /** How a statement leaves the loop round that it stands in. */
  enum Flow {
    ON,
    CONTINUE,
    BREAK
  }

  Flow run(Frame frame);

  static Statement sequence(List<Statement> body) {
    List<Statement> all = List.copyOf(body);
    return frame -> {
      for (Statement statement : all) {
        frame.step();
        Flow flow = statement.run(frame);
        if (flow != Flow.ON) {
          return flow;
        }
      }
      return Flow.ON;
    };
  }
}
