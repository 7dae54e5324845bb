package dev.terse.traces;

import dev.terse.io.JsonLinesWriter;
import dev.terse.traces.prune.PrunedTrace;
import dev.terse.traces.score.ScoredTrace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The training sets that one run of the {@link Compressor} fills, each with its report. */
final class CompressedSets implements AutoCloseable {
  private final List<CompressedSet> sets = new ArrayList<>();

  /**
   * Begins the files of all targets.
   *
   * @param maxTokens the limit behind {@link DropReason#TOO_LONG}
   */
  static CompressedSets open(List<Compressor.Target> targets, int maxTokens) throws IOException {
    CompressedSets opened = new CompressedSets();
    try {
      for (Compressor.Target target : targets) {
        opened.sets.add(new CompressedSet(target, new CompressReport(maxTokens)));
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
    private final CompressReport report;
    private final JsonLinesWriter examples;
    private final JsonLinesWriter steps;

    CompressedSet(Compressor.Target target, CompressReport report) throws IOException {
      this.method = target.method();
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
      examples.write(trace.example(method.placeholder()).toJson());
      if (steps != null) {
        steps.write(trace.stepsRow());
      }
      report.write(trace);
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
