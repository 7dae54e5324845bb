package dev.terse.lab.curve;

import dev.terse.lab.chart.Axis;
import dev.terse.lab.chart.Chart;
import dev.terse.lab.chart.Curve;
import dev.terse.lab.chart.Ink;
import dev.terse.lab.chart.Mark;
import dev.terse.lab.chart.Spot;
import dev.terse.lab.chart.Spot.Measured;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The curves as charts. */
final class CurveCharts {
  static final String KAPPA = "accuracy-against-kappa";
  static final String TOKENS = "accuracy-against-tokens";
  static final String LEAK = "answer-masked";
  static final String LEVELS = "steps-and-tokens";

  private final CurveReport report;

  private CurveCharts(CurveReport report) {
    this.report = report;
  }

  /** The names of the charts that a configuration has. */
  static List<String> names(CurveConfig config) {
    List<String> names = new ArrayList<>();
    if (config.orders().stream().anyMatch(order -> !order.ofTokens())) {
      names.add(KAPPA);
      names.add(TOKENS);
      if (config.leakControl()) {
        names.add(LEAK);
      }
    }
    if (config.orders().stream().anyMatch(PruneOrder::ofTokens)) {
      names.add(LEVELS);
    }
    return names;
  }

  /** All charts by their names. */
  static Map<String, Chart> of(CurveReport report) {
    CurveCharts charts = new CurveCharts(report);
    Map<String, Chart> all = new LinkedHashMap<>();
    for (String name : names(report.config())) {
      all.put(
          name,
          switch (name) {
            case KAPPA ->
                charts.chart(
                    "Accuracy over the share that is pruned",
                    "kappa",
                    charts.steps(false),
                    one -> one.kappa().doubleValue());
            case TOKENS ->
                charts.chart(
                    "Accuracy over the thinking tokens that stay",
                    "thinking tokens",
                    charts.steps(false),
                    PointSummary::thinking);
            case LEAK ->
                charts.chart(
                    "The same with the final answer masked in what stays",
                    "thinking tokens",
                    charts.steps(true),
                    PointSummary::thinking);
            default ->
                charts.chart(
                    "Tokens pruned instead of steps",
                    "thinking tokens",
                    charts.levels(),
                    PointSummary::thinking);
          });
    }
    return all;
  }

  private List<Series> steps(boolean masked) {
    return report.summaries().keySet().stream()
        .filter(one -> one.masked() == masked && !one.order().ofTokens())
        .toList();
  }

  /** Pruning of tokens, and of the steps of lowest score beside it. */
  private List<Series> levels() {
    return report.summaries().keySet().stream()
        .filter(one -> !one.masked())
        .filter(one -> one.order().ofTokens() || one.order() == PruneOrder.LOW)
        .toList();
  }

  private Chart chart(
      String title, String label, List<Series> series, ToDoubleFunction<PointSummary> x) {
    List<Curve> curves = new ArrayList<>();
    List<Spot> spots = new ArrayList<>();
    for (Series one : series) {
      List<PointSummary> points = report.summaries().get(one);
      curves.add(
          new Curve(
              one.name(),
              ink(one.order()),
              points.stream().mapToDouble(x).toArray(),
              points.stream().mapToDouble(p -> 100 * p.accuracy().value()).toArray(),
              false));
      boolean asked = one.order() == PruneOrder.LOW || one.order() == PruneOrder.RANDOM;
      points.forEach(point -> spots.add(spot(one, point, x.applyAsDouble(point), asked)));
    }
    double[] xs = curves.stream().flatMapToDouble(curve -> DoubleStream.of(curve.x())).toArray();
    double none = 100 * report.noThinking().accuracy().value();
    curves.add(
        new Curve(
            "no thinking",
            Ink.BASE,
            new double[] {DoubleStream.of(xs).min().orElse(0), DoubleStream.of(xs).max().orElse(1)},
            new double[] {none, none},
            false));
    double[] ys =
        Stream.concat(
                spots.stream().flatMap(spot -> Stream.of(spot.y().low(), spot.y().high())),
                Stream.of(none))
            .mapToDouble(y -> y)
            .toArray();
    return new Chart(
        title + ", with 95 % intervals of low and random",
        Axis.holding(label, xs),
        Axis.holding("accuracy, %", ys),
        curves,
        spots);
  }

  /** A point with its interval; without one for orders that would hide the others. */
  private static Spot spot(Series series, PointSummary point, double x, boolean interval) {
    double value = 100 * point.accuracy().value();
    return new Spot(
        "",
        ink(series.order()),
        Mark.RING,
        new Measured(x, x, x),
        interval
            ? new Measured(value, 100 * point.accuracy().low(), 100 * point.accuracy().high())
            : new Measured(value, value, value));
  }

  private static Ink ink(PruneOrder order) {
    return switch (order) {
      case LOW -> Ink.LOW;
      case RANDOM, TOKEN_RANDOM -> Ink.RANDOM;
      case HIGH, TOKEN_HIGH -> Ink.HIGH;
      case FIRST, TOKEN_LOW -> Ink.SFT;
      case LAST -> Ink.GRPO;
    };
  }
}
