package dev.terse.lab.report;

import dev.terse.lab.chart.Chart;
import dev.terse.lab.chart.Spot;
import dev.terse.lab.statistics.PairedComparison;
import dev.terse.trainer.eval.EvalRecord;
import dev.terse.trainer.eval.EvalRecord.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * Judged models side by side, as far as their records and the logs of their runs tell.
 *
 * @param arms the base first; all have the same problems
 * @param summaries one a model, thinking tokens compared with the base's
 * @param allTokens the others against the base, all tokens counted
 * @param runs may be empty
 * @param chains completions of the same problems, one list for each model
 * @param files by the model's name
 * @param seed of the bootstrap
 */
public record ComparisonReport(
    List<ArmResult> arms,
    List<ArmSummary> summaries,
    List<PairedComparison> allTokens,
    Budgets budgets,
    ResultTable graders,
    List<RunCurves> runs,
    List<List<Chain>> chains,
    Map<String, String> files,
    long seed) {
  /** Models of one chart, which inks and figures tell apart, besides the base. */
  private static final int SPOTS = 15;

  /**
   * Reads what the configuration names.
   *
   * @throws IllegalArgumentException naming the files that cannot be compared, and why
   */
  public static ComparisonReport read(ReportConfig config) throws IOException {
    List<Path> files = config.recordFiles();
    List<ArmResult> arms = RecordSets.read(files);
    List<RunCurves> runs = RunCurves.read(config.runFolders());
    ArmResult base = arms.get(0);
    List<ArmSummary> summaries = new ArrayList<>(List.of(ArmSummary.ofBase(base)));
    List<PairedComparison> allTokens = new ArrayList<>();
    for (ArmResult arm : arms.subList(1, arms.size())) {
      summaries.add(ArmSummary.of(arm, base, config.seed()));
      allTokens.add(PairedComparison.of(base.records(), arm.records(), config.seed()));
    }
    Map<String, String> paths = new LinkedHashMap<>();
    for (int i = 0; i < files.size(); i++) {
      paths.put(arms.get(i).name(), files.get(i).toString());
    }
    return new ComparisonReport(
        arms,
        summaries,
        allTokens,
        Budgets.of(config.budgets(), arms),
        Graders.table(arms, config.seed()),
        runs,
        RecordSets.chains(arms, config.chains(), config.thinking()),
        paths,
        config.seed());
  }

  /** What each model does. */
  ResultTable results() {
    return new ResultTable(
        List.of(
            "model",
            "accuracy [95 %]",
            "thinking tokens",
            "answer tokens",
            "all tokens",
            "skips",
            "cut off",
            "no answer"),
        summaries.stream()
            .map(
                one ->
                    List.of(
                        one.arm().name(),
                        ResultTable.share(one.accuracy()),
                        ResultTable.text("%.1f", one.thinking().value()),
                        ResultTable.text("%.1f", one.answer()),
                        ResultTable.text("%.1f", one.tokens().value()),
                        ResultTable.text("%.2f", one.skips()),
                        count(one.arm(), r -> r.status() == Status.TRUNCATED),
                        count(one.arm(), r -> r.status() == Status.NO_ANSWER)))
            .toList());
  }

  /** The others against the base, problem by problem; empty where there is only one model. */
  ResultTable changes() {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < allTokens.size(); i++) {
      ArmSummary one = summaries.get(i + 1);
      rows.add(
          List.of(
              one.arm().name(),
              ResultTable.change(allTokens.get(i).tokenChange()),
              ResultTable.change(one.against().tokenChange()),
              ResultTable.points(one.against().accuracyChange()),
              one.against().lost() + "/" + one.against().gained(),
              Findings.p(one.against().pValue())));
    }
    return new ResultTable(
        List.of(
            "model",
            "all tokens change [95 %]",
            "thinking change [95 %]",
            "accuracy change [95 %]",
            "lost/gained",
            "McNemar p"),
        rows);
  }

  /** Lengths of right and wrong completions apart, and of those that were cut off. */
  ResultTable lengths() {
    List<String> header = new ArrayList<>(List.of("model"));
    for (String kind : List.of("right", "wrong", "cut off")) {
      header.addAll(List.of(kind, "thinking tokens, " + kind, "all tokens, " + kind));
    }
    List<List<String>> rows = new ArrayList<>();
    for (ArmResult arm : arms) {
      List<String> row = new ArrayList<>(List.of(arm.name()));
      lengths(arm, EvalRecord::correct, row);
      lengths(arm, r -> !r.correct() && r.status() != Status.TRUNCATED, row);
      lengths(arm, r -> r.status() == Status.TRUNCATED, row);
      rows.add(row);
    }
    return new ResultTable(header, rows);
  }

  private static void lengths(ArmResult arm, Predicate<EvalRecord> which, List<String> row) {
    row.add(count(arm, which));
    row.add(mean(arm, which, EvalRecord::thinkTokens));
    row.add(mean(arm, which, EvalRecord::tokens));
  }

  /** What the paired tests say, in sentences. */
  List<String> findings() {
    return summaries.stream()
        .skip(1)
        .map(one -> Findings.ofTraining(one, summaries.get(0)))
        .toList();
  }

  /** Tables for a terminal. */
  public String text() {
    StringBuilder text = new StringBuilder(results().text());
    if (arms.size() > 1) {
      text.append('\n').append(changes().text());
    }
    for (ResultTable table : List.of(budgets.table(arms), lengths(), graders)) {
      text.append('\n').append(table.text());
    }
    if (arms.size() > 1) {
      text.append('\n');
      findings().forEach(finding -> text.append(finding).append('\n'));
    }
    return text.toString();
  }

  /** Accuracy against tokens, the base in each chart. */
  Map<String, Chart> spots() {
    Map<String, Chart> charts = new LinkedHashMap<>();
    for (int from = 1; from == 1 || from < summaries.size(); from += SPOTS) {
      List<ArmSummary> some = new ArrayList<>(summaries.subList(0, 1));
      some.addAll(summaries.subList(from, Math.min(summaries.size(), from + SPOTS)));
      String name = from == 1 ? "" : "-" + from;
      charts.put(
          "accuracy-against-tokens" + name,
          Chart.ofSpots(
              "Accuracy against all tokens, with 95 % intervals",
              "tokens a problem",
              "accuracy, %",
              some.stream().map(one -> spot(one, one.tokens())).toList()));
      charts.put(
          "accuracy-against-thinking" + name,
          Chart.ofSpots(
              "Accuracy against thinking tokens, with 95 % intervals",
              "thinking tokens a problem",
              "accuracy, %",
              some.stream().map(one -> spot(one, one.thinking())).toList()));
    }
    return charts;
  }

  private static Spot spot(ArmSummary one, PairedComparison.Spread tokens) {
    return new Spot(
        one.arm().name(),
        one.arm().ink(),
        one.arm().mark(),
        Report.measured(tokens, 1),
        Report.measured(one.accuracy(), 100));
  }

  /** Accuracy under budgets. */
  Map<String, Chart> budgetCharts() {
    Map<String, Chart> charts = new LinkedHashMap<>();
    for (Chart chart : Budgets.charts(arms)) {
      charts.put("budgets" + (charts.isEmpty() ? "" : "-" + (charts.size() + 1)), chart);
    }
    return charts;
  }

  /** All charts by their names. */
  Map<String, Chart> charts() {
    Map<String, Chart> charts = new LinkedHashMap<>(spots());
    charts.putAll(budgetCharts());
    charts.putAll(RunCurves.charts(runs));
    return charts;
  }

  private static String count(ArmResult arm, Predicate<EvalRecord> which) {
    return String.valueOf(arm.records().stream().filter(which).count());
  }

  private static String mean(
      ArmResult arm, Predicate<EvalRecord> which, ToDoubleFunction<EvalRecord> value) {
    var mean = arm.records().stream().filter(which).mapToDouble(value).average();
    return mean.isPresent() ? ResultTable.text("%.1f", mean.getAsDouble()) : "";
  }
}
