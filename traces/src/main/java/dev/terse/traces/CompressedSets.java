package dev.terse.traces;

import dev.terse.io.JsonLinesWriter;
import dev.terse.traces.prune.PrunedTrace;
import dev.terse.traces.prune.SftExample;
import dev.terse.traces.score.ScoredTrace;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.ThinkingRule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The training sets that one run of the {@link Compressor} fills, each with its report. */
final class CompressedSets implements AutoCloseable {
  private final List<CompressedSet> sets = new ArrayList<>();

  /**
   * Begins the files of all targets.
   *
   * @param rule by which a written row will be read again
   * @param maxTokens the limit behind {@link DropReason#TOO_LONG}
   */
  static CompressedSets open(List<Compressor.Target> targets, ThinkingRule rule, int maxTokens)
      throws IOException {
    CompressedSets opened = new CompressedSets();
    try {
      for (Compressor.Target target : targets) {
        opened.sets.add(new CompressedSet(target, rule, new CompressReport(maxTokens)));
      }
      return opened;
    } catch (IOException e) {
      opened.close();
      throw e;
    }
  }

  private CompressedSets() {}

  /** Prunes the trace in the way of each set. */
  void write(ScoredTrace scored) throws IOException {
    for (CompressedSet set : sets) {
      set.write(scored);
    }
  }

  void drop(DropReason reason) {
    sets.forEach(set -> set.report.drop(reason));
  }

  /** Tokens that the model has read. */
  void pass(long tokens) {
    sets.forEach(set -> set.report.pass(tokens));
  }

  List<CompressReport> reports() {
    return sets.stream().map(set -> set.report).toList();
  }

  void commit() throws IOException {
    for (CompressedSet set : sets) {
      set.commit();
    }
  }

  @Override
  public void close() throws IOException {
    for (CompressedSet set : sets) {
      set.close();
    }
  }

  private static final class CompressedSet implements AutoCloseable {
    private final Compressor.Method method;
    private final ThinkingRule rule;
    private final CompressReport report;
    private final JsonLinesWriter examples;
    private final JsonLinesWriter steps;

    CompressedSet(Compressor.Target target, ThinkingRule rule, CompressReport report)
        throws IOException {
      this.method = target.method();
      this.rule = rule;
      this.report = report;
      this.examples = new JsonLinesWriter(target.output());
      try {
        this.steps = target.steps() == null ? null : new JsonLinesWriter(target.steps());
      } catch (IOException e) {
        examples.close();
        throw e;
      }
    }

    void write(ScoredTrace scored) throws IOException {
      PrunedTrace trace = PrunedTrace.of(scored, method.score(), method.pruner());
      SftExample example = trace.example(method.placeholder());
      if (!keepsAnswer(scored.thinking(), example)) {
        report.drop(DropReason.CHANGED);
        return;
      }
      examples.write(example.toJson());
      if (steps != null) {
        steps.write(trace.stepsRow());
      }
      report.write(trace);
    }

    /** Whether the rule finds the same answer in what is written, and so the marks before it. */
    private boolean keepsAnswer(Thinking thinking, SftExample example) {
      Thinking written = rule.of(example.completion());
      return written.closed() && written.answer().strip().equals(thinking.answer().strip());
    }

    void commit() throws IOException {
      examples.commit();
      if (steps != null) {
        steps.commit();
      }
    }

    @Override
    public void close() throws IOException {
      examples.close();
      if (steps != null) {
        steps.close();
      }
    }
  }
}
