package dev.terse.lab.curve;

import dev.terse.lab.report.ResultTable;
import dev.terse.lab.statistics.PairedComparison.Spread;
import dev.terse.lab.statistics.ProblemBootstrap;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a curve says, in numbers and sentences.
 *
 * @param noThinking the answers without any thinking
 * @param summaries of each way of pruning, one a kappa, means over seeds
 * @param seeds of each random way of pruning, one a kappa and seed
 * @param comparisons at equal thinking tokens; that of low against random is the last
 * @param leaks what masking the answer changes, by the way of pruning
 * @param chains what was read, in words
 * @param inputs what all this follows from, by names
 */
public record CurveReport(
    CurveConfig config,
    PointSummary noThinking,
    Map<Series, List<PointSummary>> summaries,
    Map<Series, List<PointSummary>> seeds,
    List<Comparison> comparisons,
    Map<Series, Leak> leaks,
    String chains,
    int samples,
    int problems,
    Map<String, String> inputs) {
  /** The paper's share; the leak control is told at the kappa next below it. */
  private static final BigDecimal PAPER = new BigDecimal("0.8");

  /**
   * What masking the answer changes at one kappa.
   *
   * @param plain accuracy with the answer where it stands
   * @param masked accuracy without it
   * @param change masked minus plain, in pairs of chains
   */
  record Leak(PointSummary plain, PointSummary masked, Spread change) {}

  static CurveReport of(
      CurveConfig config, CurveAnswers answers, Chains chains, Map<String, String> inputs) {
    ProblemBootstrap bootstrap = new ProblemBootstrap(chains.problem(), config.seed());
    Map<Series, List<PointSummary>> summaries = new LinkedHashMap<>();
    Map<Series, List<PointSummary>> seeds = new LinkedHashMap<>();
    for (Series series : config.series()) {
      List<PointSummary> means = new ArrayList<>();
      List<PointSummary> single = new ArrayList<>();
      for (BigDecimal kappa : config.kappas()) {
        List<Point> points = series.points(kappa);
        means.add(PointSummary.of(series.name(), null, points, answers, bootstrap));
        for (Point point : series.order().isRandom() ? points : List.<Point>of()) {
          single.add(
              PointSummary.of(series.name(), point.seed(), List.of(point), answers, bootstrap));
        }
      }
      summaries.put(series, means);
      seeds.put(series, single);
    }
    return new CurveReport(
        config,
        PointSummary.of("no thinking", null, List.of(Point.NO_THINKING), answers, bootstrap),
        summaries,
        seeds,
        Comparison.all(config, answers, bootstrap),
        leaks(config, summaries, answers, bootstrap),
        chains.summary(),
        chains.all().size(),
        chains.problems(),
        inputs);
  }

  private static Map<Series, Leak> leaks(
      CurveConfig config,
      Map<Series, List<PointSummary>> summaries,
      CurveAnswers answers,
      ProblemBootstrap bootstrap) {
    Map<Series, Leak> leaks = new LinkedHashMap<>();
    Optional<BigDecimal> kappa =
        config.kappas().stream()
            .filter(k -> k.compareTo(PAPER) <= 0 && config.leakControl())
            .reduce((before, after) -> after);
    for (Series plain : config.series()) {
      if (kappa.isPresent() && !plain.masked() && !plain.order().ofTokens()) {
        Series masked = new Series(plain.order(), true, plain.seeds());
        int place = config.kappas().indexOf(kappa.get());
        leaks.put(
            plain,
            new Leak(
                summaries.get(plain).get(place),
                summaries.get(masked).get(place),
                bootstrap.difference(
                    answers.of(masked.points(kappa.get()), CurveAnswers::right),
                    answers.of(plain.points(kappa.get()), CurveAnswers::right))));
      }
    }
    return leaks;
  }

  /** The way of pruning of an order, if it was asked for. */
  Optional<Series> series(PruneOrder order, boolean masked) {
    return summaries.keySet().stream()
        .filter(one -> one.order() == order && one.masked() == masked)
        .findFirst();
  }

  /** Tables of one number each, ways of pruning by kappas; by what they show. */
  Map<String, ResultTable> tables() {
    Map<String, ResultTable> tables = new LinkedHashMap<>();
    tables.put("Accuracy, %", table(one -> percent(one.accuracy().value())));
    tables.put("Thinking tokens", table(one -> number(one.thinking())));
    tables.put("Answer tokens", table(one -> number(one.answer())));
    tables.put("All tokens", table(one -> number(one.tokens())));
    tables.put("Chains whose rest states the final answer, %", table(one -> percent(one.stated())));
    return tables;
  }

  private ResultTable table(Function<PointSummary, String> cell) {
    List<String> header = new ArrayList<>(List.of("pruned first"));
    config.kappas().forEach(kappa -> header.add(kappa.toPlainString()));
    List<List<String>> rows = new ArrayList<>();
    summaries.forEach(
        (series, points) -> {
          List<String> row = new ArrayList<>(List.of(series.name()));
          points.forEach(point -> row.add(cell.apply(point)));
          rows.add(row);
        });
    return new ResultTable(header, rows);
  }

  /** All numbers of one way of pruning, a row a kappa. */
  ResultTable details(Series series) {
    return new ResultTable(
        List.of(
            "kappa",
            "accuracy [95 %]",
            "thinking tokens",
            "answer tokens",
            "all tokens",
            "answer stated",
            "times",
            "cut off",
            "no answer"),
        summaries.get(series).stream().map(CurveReport::row).toList());
  }

  private static List<String> row(PointSummary one) {
    return List.of(
        one.kappa().toPlainString(),
        ResultTable.share(one.accuracy()),
        number(one.thinking()),
        number(one.answer()),
        number(one.tokens()),
        percent(one.stated()) + " %",
        ResultTable.text("%.2f", one.statements()),
        percent(one.cut()) + " %",
        percent(one.none()) + " %");
  }

  /** What masking the answer changes; empty without a leak control. */
  ResultTable leakTable() {
    return new ResultTable(
        List.of(
            "pruned first",
            "kappa",
            "rest states the answer",
            "accuracy [95 %]",
            "masked [95 %]",
            "change [95 %]"),
        leaks.entrySet().stream()
            .map(
                leak ->
                    List.of(
                        leak.getKey().name(),
                        leak.getValue().plain().kappa().toPlainString(),
                        percent(leak.getValue().plain().stated()) + " %",
                        ResultTable.share(leak.getValue().plain().accuracy()),
                        ResultTable.share(leak.getValue().masked().accuracy()),
                        ResultTable.points(leak.getValue().change())))
            .toList());
  }

  /** The ends of all curves, in a sentence. */
  String ends() {
    String full =
        config.kappas().get(0).signum() > 0
            ? ""
            : summaries.values().iterator().next().stream()
                .findFirst()
                .map(
                    one ->
                        ResultTable.text(
                            "After its whole chain the model is right in %s, at %.1f thinking"
                                + " tokens. ",
                            ResultTable.share(one.accuracy()), one.thinking()))
                .orElse("");
    return full
        + ResultTable.text(
            "Without thinking: %s, at %.1f tokens in all.",
            ResultTable.share(noThinking.accuracy()), noThinking.tokens());
  }

  /** Tables and findings for a terminal; the last line answers the paper's question. */
  public String text() {
    StringBuilder text = new StringBuilder();
    tables()
        .forEach(
            (title, table) -> text.append(title).append('\n').append(table.text()).append('\n'));
    if (!leaks.isEmpty()) {
      text.append(leakTable().text()).append('\n');
    }
    text.append(ends()).append('\n');
    comparisons.forEach(one -> text.append(one.sentence()).append('\n'));
    return text.toString();
  }

  private static String percent(double share) {
    return ResultTable.text("%.1f", 100 * share);
  }

  private static String number(double value) {
    return ResultTable.text("%.1f", value);
  }
}
