package dev.terse.lab.report;

import dev.terse.lab.chart.Chart;
import dev.terse.lab.chart.Curve;
import dev.terse.trainer.eval.EvalRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Accuracy under limits of tokens that are lower than the one of the sampling, out of that one
 * sampling: a right answer counts at budget B if its completion ended by B tokens. The tokens of a
 * completion do not depend on the limit, so that is what a sampling with limit B would have given.
 * Where a completion was cut off below B, what it would have said is not known: the share is a
 * lower bound.
 *
 * @param limits tokens, rising
 */
record Budgets(List<Integer> limits) {
  /** As many columns as a page has. */
  static final int MOST = 6;

  /** Models of one chart, which their inks tell apart. */
  private static final int CURVES = 6;

  private static final int POINTS = 200;

  Budgets {
    limits = List.copyOf(limits);
  }

  /** Those that were asked for, or equal shares of the longest completion. */
  static Budgets of(List<Integer> asked, List<ArmResult> arms) {
    if (!asked.isEmpty()) {
      return new Budgets(asked);
    }
    TreeSet<Integer> limits = new TreeSet<>();
    for (int share = 1; share <= MOST; share++) {
      limits.add((int) Math.max(1, Math.ceil(share * (double) longest(arms) / MOST)));
    }
    return new Budgets(List.copyOf(limits));
  }

  /** Problems whose right answer was there by {@code budget} tokens. */
  static int right(ArmResult arm, int budget) {
    return (int) arm.records().stream().filter(r -> r.correct() && r.tokens() <= budget).count();
  }

  /** Whether no completion was cut off before {@code budget}. */
  static boolean isKnown(ArmResult arm, int budget) {
    return arm.records().stream()
        .noneMatch(r -> r.status() == EvalRecord.Status.TRUNCATED && r.tokens() < budget);
  }

  /** Accuracy at each budget with Wilson's 95 % interval. */
  ResultTable table(List<ArmResult> arms) {
    List<String> header = new ArrayList<>(List.of("model"));
    limits.forEach(limit -> header.add(ResultTable.text("%,d tokens [95 %%]", limit)));
    return new ResultTable(header, arms.stream().map(this::row).toList());
  }

  private List<String> row(ArmResult arm) {
    List<String> row = new ArrayList<>(List.of(arm.name()));
    for (int limit : limits) {
      var share = ArmSummary.wilson(right(arm, limit), arm.records().size());
      row.add(
          isKnown(arm, limit)
              ? ResultTable.share(share)
              : ResultTable.text("≥ %.1f %%", 100 * share.value()));
    }
    return row;
  }

  /** Accuracy over the budget, the base in each chart; a curve ends where it is not known. */
  static List<Chart> charts(List<ArmResult> arms) {
    List<Chart> charts = new ArrayList<>();
    for (int from = 1; from == 1 || from < arms.size(); from += CURVES - 1) {
      List<ArmResult> some = new ArrayList<>(arms.subList(0, 1));
      some.addAll(arms.subList(from, Math.min(arms.size(), from + CURVES - 1)));
      charts.add(
          Chart.ofCurves(
              "Accuracy under a budget of tokens, from one sampling",
              "budget, tokens",
              "accuracy, %",
              some.stream().map(arm -> curve(arm, longest(arms))).toList()));
    }
    return charts;
  }

  private static Curve curve(ArmResult arm, int longest) {
    double[] budgets = new double[POINTS + 1];
    double[] accuracies = new double[POINTS + 1];
    for (int i = 0; i <= POINTS; i++) {
      int budget = (int) (i * (long) longest / POINTS);
      budgets[i] = budget;
      accuracies[i] =
          isKnown(arm, budget) ? 100.0 * right(arm, budget) / arm.records().size() : Double.NaN;
    }
    return new Curve(arm.name(), arm.ink(), budgets, accuracies, false);
  }

  private static int longest(List<ArmResult> arms) {
    return arms.stream()
        .flatMap(arm -> arm.records().stream())
        .mapToInt(EvalRecord::tokens)
        .max()
        .orElse(0);
  }
}
