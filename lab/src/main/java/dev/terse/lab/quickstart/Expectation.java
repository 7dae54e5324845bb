package dev.terse.lab.quickstart;

import dev.terse.lab.tasks.WorkedProblem;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.trainer.eval.EvalRecord;
import java.util.List;

/** How many tokens will be drawn, for the time that is left: a guess from what is known. */
final class Expectation {
  private Expectation() {}

  /** Of a model that was trained on the task's own chains. */
  static long of(List<WorkedProblem> problems, Tokenizer tokenizer) {
    return problems.stream().mapToLong(p -> tokenizer.encode(p.completion()).length + 1).sum();
  }

  /** Of a model that answers what another has answered. */
  static long of(List<EvalRecord> records) {
    return records.stream().mapToLong(EvalRecord::tokens).sum();
  }
}
