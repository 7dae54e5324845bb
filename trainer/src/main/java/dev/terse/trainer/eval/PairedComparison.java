package dev.terse.trainer.eval;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.apache.commons.math3.stat.inference.AlternativeHypothesis;
import org.apache.commons.math3.stat.inference.BinomialTest;

/**
 * Two models on the same problems, problem by problem. Accuracy is compared by McNemar's exact
 * test: of the problems that only one of them got right, is one side favoured more than a coin
 * would? Means of differences have the normal 95 % interval.
 *
 * @param problems number of problems
 * @param accuracyA share that A got right
 * @param accuracyB share that B got right
 * @param onlyA problems that only A got right
 * @param onlyB problems that only B got right
 * @param pValue of McNemar's exact test, two-sided; 1 where no problem is disputed
 * @param accuracyDifference B minus A
 * @param tokensA mean tokens of a completion of A
 * @param tokensB mean tokens of a completion of B
 * @param tokenDifference B minus A, in tokens
 */
public record PairedComparison(
    int problems,
    double accuracyA,
    double accuracyB,
    int onlyA,
    int onlyB,
    double pValue,
    Interval accuracyDifference,
    double tokensA,
    double tokensB,
    Interval tokenDifference) {
  private static final double NORMAL_95 = 1.959963984540054;

  /** A mean with its 95 % interval. */
  public record Interval(double mean, double low, double high) {}

  /**
   * Compares the records of two evaluations.
   *
   * @throws IllegalArgumentException if they are not about the same problems
   */
  public static PairedComparison of(List<EvalRecord> a, List<EvalRecord> b) {
    Map<String, EvalRecord> byId = new LinkedHashMap<>();
    for (EvalRecord record : b) {
      if (byId.put(record.id(), record) != null) {
        throw new IllegalArgumentException("problem '" + record.id() + "' is there twice");
      }
    }
    if (a.isEmpty() || a.size() != b.size()) {
      throw new IllegalArgumentException(
          "a paired comparison needs the same problems on both sides, found "
              + a.size()
              + " and "
              + b.size());
    }
    SummaryStatistics right = new SummaryStatistics();
    SummaryStatistics tokens = new SummaryStatistics();
    int onlyA = 0;
    int onlyB = 0;
    for (EvalRecord left : a) {
      EvalRecord other = byId.remove(left.id());
      if (other == null) {
        throw new IllegalArgumentException(
            "problem '" + left.id() + "' is on one side only, or there twice");
      }
      onlyA += left.correct() && !other.correct() ? 1 : 0;
      onlyB += other.correct() && !left.correct() ? 1 : 0;
      right.addValue((other.correct() ? 1 : 0) - (left.correct() ? 1 : 0));
      tokens.addValue(other.tokens() - left.tokens());
    }
    int disputed = onlyA + onlyB;
    double pValue =
        disputed == 0
            ? 1
            : new BinomialTest()
                .binomialTest(disputed, onlyB, 0.5, AlternativeHypothesis.TWO_SIDED);
    return new PairedComparison(
        a.size(),
        mean(a, r -> r.correct() ? 1 : 0),
        mean(b, r -> r.correct() ? 1 : 0),
        onlyA,
        onlyB,
        Math.min(1, pValue),
        interval(right),
        mean(a, EvalRecord::tokens),
        mean(b, EvalRecord::tokens),
        interval(tokens));
  }

  /** A few lines for a terminal. */
  public String text(Path nameA, Path nameB) {
    return String.format(
        Locale.ROOT,
        "A %s%nB %s%n"
            + "problems %d%n"
            + "accuracy: A %.2f %%, B %.2f %%, B - A %+.2f points (95 %%: %+.2f to %+.2f)%n"
            + "only A right %d, only B right %d, McNemar's exact p %.4f%n"
            + "tokens a completion: A %.1f, B %.1f, B - A %+.1f (95 %%: %+.1f to %+.1f), %+.1f %%",
        nameA,
        nameB,
        problems,
        100 * accuracyA,
        100 * accuracyB,
        100 * accuracyDifference.mean(),
        100 * accuracyDifference.low(),
        100 * accuracyDifference.high(),
        onlyA,
        onlyB,
        pValue,
        tokensA,
        tokensB,
        tokenDifference.mean(),
        tokenDifference.low(),
        tokenDifference.high(),
        tokensA == 0 ? 0 : 100 * (tokensB - tokensA) / tokensA);
  }

  private static Interval interval(SummaryStatistics values) {
    double half =
        values.getN() < 2
            ? Double.NaN
            : NORMAL_95 * values.getStandardDeviation() / Math.sqrt(values.getN());
    return new Interval(values.getMean(), values.getMean() - half, values.getMean() + half);
  }

  private static double mean(List<EvalRecord> records, ToDoubleFunction<EvalRecord> value) {
    return records.stream().mapToDouble(value).average().orElseThrow();
  }
}
