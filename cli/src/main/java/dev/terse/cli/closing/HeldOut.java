package dev.terse.cli.closing;

import dev.terse.lab.statistics.PairedComparison;
import dev.terse.trainer.eval.EvalRecord;
import dev.terse.trainer.grpo.episode.CompletionLog;
import dev.terse.trainer.metrics.JsonlSink;
import dev.terse.trainer.metrics.MetricHistory;
import dev.terse.trainer.metrics.MetricHistory.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What GRPO has made of held-out problems: its first evaluation against its last, problem by
 * problem.
 *
 * @param before greedy completions of the problems
 * @param after of the same problems in the same order
 * @param drawn accuracy and tokens where completions were drawn too; else empty
 */
record HeldOut(List<EvalRecord> before, List<EvalRecord> after, List<Ends> drawn) {

  /** The first and the last value of a metric. */
  private record Ends(double first, double last) {}

  /**
   * Reads a run's log and records.
   *
   * @return empty where there are no two evaluations of the same problems on file
   */
  static Optional<HeldOut> of(Path outputDir) throws IOException {
    Path log = outputDir.resolve(JsonlSink.FILE);
    if (!Files.exists(log)) {
      return Optional.empty();
    }
    MetricHistory history = MetricHistory.read(log);
    List<Point> evaluations = history.of("eval/accuracy");
    if (evaluations.size() < 2) {
      return Optional.empty();
    }
    Path first = file(outputDir, evaluations.get(0));
    Path last = file(outputDir, evaluations.get(evaluations.size() - 1));
    if (!Files.exists(first) || !Files.exists(last)) {
      return Optional.empty();
    }
    List<EvalRecord> before = EvalRecord.read(first);
    List<EvalRecord> after = EvalRecord.read(last);
    if (before.isEmpty() || !ids(before).equals(ids(after))) {
      return Optional.empty();
    }
    List<Point> accuracy = history.of("eval/sampled/accuracy");
    List<Point> tokens = history.of("eval/sampled/mean_length");
    return Optional.of(
        new HeldOut(
            before,
            after,
            accuracy.size() < 2 || tokens.size() < 2
                ? List.of()
                : List.of(ends(accuracy), ends(tokens))));
  }

  /** In a sentence, with the p-value of McNemar's exact test. */
  String line() {
    int lost = 0;
    int gained = 0;
    for (int i = 0; i < before.size(); i++) {
      boolean was = before.get(i).correct();
      boolean is = after.get(i).correct();
      lost += was && !is ? 1 : 0;
      gained += !was && is ? 1 : 0;
    }
    double p = PairedComparison.mcNemar(lost, gained);
    String line =
        String.format(
            Locale.ROOT,
            "result: held-out accuracy %s, tokens %s, %,d problems, %s",
            accuracy(new Ends(rightOf(before), rightOf(after))),
            tokens(new Ends(tokensOf(before), tokensOf(after))),
            before.size(),
            p < 0.001 ? "p < 0.001" : String.format(Locale.ROOT, "p = %.3f", p));
    return drawn.isEmpty()
        ? line
        : line + "; drawn: " + accuracy(drawn.get(0)) + ", tokens " + tokens(drawn.get(1));
  }

  private static String accuracy(Ends share) {
    return String.format(Locale.ROOT, "%.1f -> %.1f %%", 100 * share.first(), 100 * share.last());
  }

  private static String tokens(Ends mean) {
    return String.format(
        Locale.ROOT,
        "%.1f -> %.1f (%+.0f %%)",
        mean.first(),
        mean.last(),
        100 * (mean.last() / mean.first() - 1));
  }

  private static double rightOf(List<EvalRecord> records) {
    return records.stream().mapToInt(each -> each.correct() ? 1 : 0).average().orElseThrow();
  }

  private static double tokensOf(List<EvalRecord> records) {
    return records.stream().mapToInt(EvalRecord::tokens).average().orElseThrow();
  }

  private static Path file(Path outputDir, Point evaluation) {
    return CompletionLog.evaluationFile(outputDir, evaluation.step());
  }

  private static Ends ends(List<Point> points) {
    return new Ends(points.get(0).value(), points.get(points.size() - 1).value());
  }

  private static List<String> ids(List<EvalRecord> records) {
    return records.stream().map(EvalRecord::id).toList();
  }
}
