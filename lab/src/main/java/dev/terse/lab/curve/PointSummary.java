package dev.terse.lab.curve;

import dev.terse.lab.statistics.PairedComparison.Spread;
import dev.terse.lab.statistics.ProblemBootstrap;
import dev.terse.lab.statistics.Wilson;
import dev.terse.trainer.eval.EvalRecord.Status;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A point of a curve in numbers: means over chains, and over seeds where there are several.
 *
 * @param name of the way of pruning
 * @param kappa share that is pruned
 * @param seed of a random order; null for the mean over seeds, and where none decides
 * @param accuracy with Wilson's 95 % interval for as many trials as there are independent problems
 * @param thinking tokens before the answer
 * @param answer tokens of the answer
 * @param stated share of chains whose rest states the final answer
 * @param statements how often it does
 * @param cut share of answers that were cut off
 * @param none share that ended without an answer
 */
record PointSummary(
    String name,
    BigDecimal kappa,
    Long seed,
    Spread accuracy,
    double thinking,
    double answer,
    double stated,
    double statements,
    double cut,
    double none) {

  /**
   * The summary of a point.
   *
   * @param points one a seed
   */
  static PointSummary of(
      String name, Long seed, List<Point> points, CurveAnswers answers, ProblemBootstrap problems) {
    ToMean mean = number -> Arrays.stream(answers.of(points, number)).average().orElse(0);
    return new PointSummary(
        name,
        points.get(0).kappa(),
        seed,
        Wilson.of(mean.of(CurveAnswers::right), problems.effectiveSamples()),
        mean.of(CurveAnswer::thinkTokens),
        mean.of(CurveAnswer::answerTokens),
        mean.of(one -> one.stated() > 0 ? 1 : 0),
        mean.of(CurveAnswer::stated),
        mean.of(one -> one.status() == Status.TRUNCATED ? 1 : 0),
        mean.of(one -> one.status() == Status.NO_ANSWER ? 1 : 0));
  }

  /** All tokens after the prompt. */
  double tokens() {
    return thinking + answer;
  }

  @FunctionalInterface
  private interface ToMean {
    double of(ToDoubleFunction<CurveAnswer> number);
  }
}
