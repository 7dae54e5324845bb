package dev.terse.lab.curve;

import dev.terse.lab.report.ResultTable;
import dev.terse.lab.statistics.EqualTokens;
import dev.terse.lab.statistics.PairedComparison.Spread;
import dev.terse.lab.statistics.ProblemBootstrap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One way of pruning against another at equal thinking tokens.
 *
 * @param method the one that should be better
 * @param control the other
 * @param words what both prune, for sentences
 * @param found what was found
 * @param samples chains
 * @param problems that they belong to
 */
record Comparison(
    Series method, Series control, String words, EqualTokens found, int samples, int problems) {
  /** Fewer problems resampled say nothing of others. */
  private static final int ENOUGH = 20;

  /**
   * Low against each other order of the same kind, masked apart, and steps against tokens. Low
   * against random, the question of the paper, comes last.
   */
  static List<Comparison> all(
      CurveConfig config, CurveAnswers answers, ProblemBootstrap bootstrap) {
    List<Comparison> all = new ArrayList<>();
    Comparison last = null;
    for (boolean masked : new boolean[] {true, false}) {
      for (PruneOrder method : List.of(PruneOrder.TOKEN_LOW, PruneOrder.LOW)) {
        for (Series control : config.series()) {
          Optional<Series> low = series(config, method, masked);
          boolean steps = !method.ofTokens();
          boolean comparable =
              control.masked() == masked
                  && control.order() != method
                  && (control.order().ofTokens() != steps
                      || steps && control.order() == PruneOrder.TOKEN_LOW);
          if (low.isEmpty() || !comparable) {
            continue;
          }
          Comparison one = of(low.get(), control, config, answers, bootstrap);
          if (method == PruneOrder.LOW && control.order() == PruneOrder.RANDOM && !masked) {
            last = one;
          } else {
            all.add(one);
          }
        }
      }
    }
    if (last != null) {
      all.add(last);
    }
    return all;
  }

  private static Optional<Series> series(CurveConfig config, PruneOrder order, boolean masked) {
    return config.series().stream()
        .filter(one -> one.order() == order && one.masked() == masked)
        .findFirst();
  }

  private static Comparison of(
      Series method,
      Series control,
      CurveConfig config,
      CurveAnswers answers,
      ProblemBootstrap bootstrap) {
    return new Comparison(
        method,
        control,
        words(method, config) + " beat " + words(control, config),
        EqualTokens.of(
            answers.measured(method, config.kappas()),
            answers.measured(control, config.kappas()),
            bootstrap),
        bootstrap.samples(),
        bootstrap.problems());
  }

  private static String words(Series series, CurveConfig config) {
    String score = config.score().key().replaceFirst("^entropy_.*", "entropy").replace('_', ' ');
    String words =
        switch (series.order()) {
          case LOW -> "low " + score;
          case HIGH -> "high " + score;
          case RANDOM -> "random";
          case FIRST -> "the first steps";
          case LAST -> "the last steps";
          case TOKEN_LOW -> "tokens of low entropy";
          case TOKEN_HIGH -> "tokens of high entropy";
          case TOKEN_RANDOM -> "random tokens";
        };
    return words + (series.masked() ? " (answer masked)" : "");
  }

  /** What was found, in a line. */
  String sentence() {
    String question = "Does pruning " + words + " at equal thinking tokens? ";
    if (!found.isAny()) {
      return question
          + "Not measured: no kappa between 0 and 1 at which both keep as many tokens"
          + (found.beyond().isEmpty() ? "." : "; give kappas 0 and 1 too.");
    }
    Spread change = found.accuracy();
    List<EqualTokens.At> at = found.at();
    return question
        + ResultTable.text(
            "%s: %s, mean over %d kappas from %s to %s%s; answers %+.1f tokens [%+.1f, %+.1f];"
                + " %d chains of %d problems in pairs%s.",
            verdict(change),
            ResultTable.points(change),
            at.size(),
            kappa(at.get(0).kappa()),
            kappa(at.get(at.size() - 1).kappa()),
            found.beyond().isEmpty() ? "" : " (not at " + found.beyond() + ")",
            found.answerTokens().value(),
            found.answerTokens().low(),
            found.answerTokens().high(),
            samples,
            problems,
            control.order().isRandom() ? ", " + control.seeds().size() + " random seeds" : "");
  }

  private String verdict(Spread change) {
    if (problems < ENOUGH) {
      return "Too few problems to tell";
    }
    return change.low() > 0 ? "Yes" : change.high() < 0 ? "No, it is worse" : "Not shown";
  }

  /** A row a kappa. */
  ResultTable table() {
    return new ResultTable(
        List.of(
            "kappa",
            "thinking tokens",
            method.name(),
            control.name() + " at as many",
            "difference [95 %]",
            control.name() + "'s tokens at this kappa",
            "difference there [95 %]"),
        found.at().stream()
            .map(
                at ->
                    List.of(
                        kappa(at.kappa()),
                        ResultTable.text("%.1f", at.tokens()),
                        ResultTable.text("%.1f %%", 100 * at.accuracy()),
                        ResultTable.text("%.1f %%", 100 * at.control()),
                        ResultTable.points(at.difference()),
                        ResultTable.text("%.1f", at.controlTokens()),
                        ResultTable.points(at.atEqualKappa())))
            .toList());
  }

  private static String kappa(double value) {
    return String.valueOf(value);
  }
}
