package dev.terse.lab.report;

import dev.terse.lab.statistics.PairedComparison;
import dev.terse.lab.statistics.PairedComparison.Spread;
import dev.terse.lab.statistics.Wilson;
import dev.terse.trainer.eval.EvalRecord;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;

/**
 * A model in numbers.
 *
 * @param accuracy share of right answers, with Wilson's 95 % interval
 * @param thinking mean thinking tokens, with a 95 % interval of the mean
 * @param answer mean tokens after the thinking
 * @param tokens mean of all tokens of a completion, with a 95 % interval of the mean
 * @param skips mean marks of a chain
 * @param against the base on the same problems, thinking tokens counted; null for the base itself
 */
public record ArmSummary(
    ArmResult arm,
    Spread accuracy,
    Spread thinking,
    double answer,
    Spread tokens,
    double skips,
    PairedComparison against) {
  private static final double NORMAL_QUANTILE = 1.959964;

  /** The summary of the base. */
  static ArmSummary ofBase(ArmResult base) {
    return of(base, null);
  }

  /**
   * The summary of a model beside the base.
   *
   * @param seed of the bootstrap
   */
  static ArmSummary of(ArmResult arm, ArmResult base, long seed) {
    return of(
        arm, PairedComparison.of(base.records(), arm.records(), EvalRecord::thinkTokens, seed));
  }

  private static ArmSummary of(ArmResult arm, PairedComparison against) {
    int right = (int) arm.records().stream().filter(EvalRecord::correct).count();
    return new ArmSummary(
        arm,
        wilson(right, arm.records().size()),
        ofMean(statistics(arm, EvalRecord::thinkTokens)),
        statistics(arm, EvalRecord::answerTokens).getMean(),
        ofMean(statistics(arm, EvalRecord::tokens)),
        statistics(arm, EvalRecord::skips).getMean(),
        against);
  }

  private static Spread ofMean(SummaryStatistics values) {
    double half = NORMAL_QUANTILE * values.getStandardDeviation() / Math.sqrt(values.getN());
    return new Spread(values.getMean(), values.getMean() - half, values.getMean() + half);
  }

  /** A share of trials with Wilson's score interval. */
  static Spread wilson(int successes, int trials) {
    return Wilson.of(successes / (double) trials, trials);
  }

  private static SummaryStatistics statistics(ArmResult arm, ToDoubleFunction<EvalRecord> value) {
    SummaryStatistics statistics = new SummaryStatistics();
    arm.records().forEach(record -> statistics.addValue(value.applyAsDouble(record)));
    return statistics;
  }
}
