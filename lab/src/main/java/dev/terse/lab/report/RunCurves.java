package dev.terse.lab.report;

import dev.terse.lab.chart.Chart;
import dev.terse.lab.chart.Curve;
import dev.terse.lab.chart.Ink;
import dev.terse.trainer.metrics.JsonlSink;
import dev.terse.trainer.metrics.MetricHistory;
import dev.terse.trainer.metrics.MetricHistory.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run's metrics, to be drawn beside those of others.
 *
 * @param name of its folder
 */
record RunCurves(String name, MetricHistory metrics) {
  /** Inks that tell the runs of a chart apart. */
  private static final List<Ink> INKS =
      List.of(Ink.SFT, Ink.GRPO, Ink.LOW, Ink.RANDOM, Ink.HIGH, Ink.BASE);

  /** What is drawn: the numbers that a person wants first, by their names in a run's log. */
  private static final Map<String, String> METRICS = new LinkedHashMap<>();

  static {
    METRICS.put("train/loss", "loss");
    METRICS.put("train/reward", "reward");
    METRICS.put("train/accuracy", "accuracy of draws");
    METRICS.put("train/completions/mean_length", "tokens of a draw");
    METRICS.put("train/compression/think_tokens", "thinking tokens of a draw");
    METRICS.put("train/compression/skip_ratio", "skips as a share of steps");
    METRICS.put("eval/loss", "held-out loss");
    METRICS.put("eval/reward", "held-out reward");
    METRICS.put("eval/accuracy", "held-out accuracy");
    METRICS.put("eval/completions/mean_length", "held-out tokens");
    METRICS.put("eval/compression/think_tokens", "held-out thinking tokens");
    METRICS.put("eval/compression/skip_ratio", "held-out skips as a share of steps");
  }

  /**
   * Reads the logs of run folders.
   *
   * @throws IllegalArgumentException naming every folder that has no log, or none of the metrics
   */
  static List<RunCurves> read(List<Path> folders) throws IOException {
    List<String> problems = new ArrayList<>();
    List<RunCurves> runs = new ArrayList<>();
    List<String> names = RecordSets.names(folders);
    for (int i = 0; i < folders.size(); i++) {
      Path folder = folders.get(i);
      Path log = folder.resolve(JsonlSink.FILE);
      if (!Files.isRegularFile(log)) {
        problems.add(
            folder
                + " holds no "
                + JsonlSink.FILE
                + "; runs takes the output_dir of sft and grpo runs");
        continue;
      }
      MetricHistory metrics = MetricHistory.read(log);
      if (METRICS.keySet().stream().allMatch(name -> metrics.of(name).isEmpty())) {
        problems.add(
            log
                + " has none of the metrics that are drawn: "
                + String.join(", ", METRICS.keySet()));
      }
      runs.add(new RunCurves(names.get(i), metrics));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n  ", problems));
    }
    return runs;
  }

  /** A chart for every metric that one of the runs has, by name; more where runs are many. */
  static Map<String, Chart> charts(List<RunCurves> runs) {
    Map<String, Chart> charts = new LinkedHashMap<>();
    METRICS.forEach(
        (metric, label) -> {
          List<RunCurves> having =
              runs.stream().filter(run -> !run.metrics.of(metric).isEmpty()).toList();
          for (int from = 0; from < having.size(); from += INKS.size()) {
            List<RunCurves> some =
                having.subList(from, Math.min(having.size(), from + INKS.size()));
            List<Curve> curves = new ArrayList<>();
            for (RunCurves run : some) {
              curves.add(run.curve(metric, INKS.get(some.indexOf(run))));
            }
            String names = String.join(", ", some.stream().map(RunCurves::name).toList());
            charts.put(
                metric.replace('/', '-') + (from == 0 ? "" : "-" + (from / INKS.size() + 1)),
                Chart.ofCurves(metric + ": " + names, "update", label, curves));
          }
        });
    return charts;
  }

  /** What is drawn at every update scatters; what is held out does not, and is rare. */
  private Curve curve(String metric, Ink ink) {
    List<Point> points = metrics.of(metric);
    return new Curve(
        name,
        ink,
        points.stream().mapToDouble(Point::step).toArray(),
        points.stream().mapToDouble(Point::value).toArray(),
        metric.startsWith("train/"));
  }
}
