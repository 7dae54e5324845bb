package dev.terse.cli.closing;

import dev.terse.trainer.metrics.MetricHistory;
import dev.terse.trainer.metrics.MetricHistory.Point;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a run has changed against its start.
 *
 * @param title what is compared
 * @param changes at least one
 */
record Changes(String title, List<Change> changes) {
  /** Share of the logged lines that is the start, and the end: a single line is noise. */
  private static final double TENTH = 0.1;

  /** Metrics of problems by the names that people give them. */
  static final Map<String, String> OF_PROBLEMS =
      ordered(
          "reward", "reward",
          "accuracy", "accuracy",
          "completions/mean_length", "tokens",
          "compression/think_tokens", "thinking tokens",
          "compression/skip_ratio", "skip ratio");

  /** Metrics of rows. */
  static final Map<String, String> OF_ROWS =
      ordered("loss", "loss", "mean_token_accuracy", "token accuracy");

  /** A metric at the start and at the end. */
  record Change(String name, double before, double after) {}

  /**
   * The changes in a run's log: of held-out data where it was evaluated twice, and of training.
   *
   * @param watched names of metrics without train/ and eval/, and how to call them
   */
  static List<Changes> of(MetricHistory history, Map<String, String> watched) {
    return Stream.of(heldOut(history, watched), trained(history, watched))
        .filter(each -> !each.changes().isEmpty())
        .toList();
  }

  /** The first evaluation and the last. */
  private static Changes heldOut(MetricHistory history, Map<String, String> watched) {
    List<Change> changes = new ArrayList<>();
    long from = 0;
    long to = 0;
    for (Map.Entry<String, String> metric : watched.entrySet()) {
      List<Point> points = history.of("eval/" + metric.getKey());
      if (points.size() > 1) {
        Point first = points.get(0);
        Point last = points.get(points.size() - 1);
        from = first.step();
        to = last.step();
        changes.add(new Change(metric.getValue(), first.value(), last.value()));
      }
    }
    String start = from == 0 ? "before the first update" : "after update " + from;
    return new Changes("held-out data, " + start + " and after update " + to, changes);
  }

  /** Means of the first and of the last tenth of the lines. */
  private static Changes trained(MetricHistory history, Map<String, String> watched) {
    List<Change> changes = new ArrayList<>();
    int lines = 0;
    int tenth = 0;
    for (Map.Entry<String, String> metric : watched.entrySet()) {
      List<Point> points = history.of("train/" + metric.getKey());
      if (points.size() > 1) {
        lines = points.size();
        tenth = (int) Math.max(1, Math.round(TENTH * lines));
        changes.add(
            new Change(
                metric.getValue(),
                mean(points.subList(0, tenth)),
                mean(points.subList(lines - tenth, lines))));
      }
    }
    String which = tenth == 1 ? "first and last" : "mean of the first and last " + tenth;
    return new Changes("training, " + which + " of " + lines + " logged lines", changes);
  }

  /** The title, and a line a change. */
  List<String> lines() {
    List<String> lines = new ArrayList<>(List.of("  " + title));
    for (Change change : changes) {
      lines.add(
          String.format(
              Locale.ROOT,
              "    %-16s %s -> %s",
              change.name(),
              number(change.before()),
              number(change.after())));
    }
    return lines;
  }

  /** Three decimals of shares and losses, one of counts. */
  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.3f" : "%.1f", value);
  }

  private static double mean(List<Point> points) {
    return points.stream().mapToDouble(Point::value).average().orElse(Double.NaN);
  }

  private static Map<String, String> ordered(String... pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }
}
