package dev.terse.lab.statistics;

import dev.terse.engine.SeedTree;
import dev.terse.trainer.eval.EvalRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.apache.commons.math3.distribution.BinomialDistribution;

/**
 * Two models on the same problems, problem by problem. Accuracy: McNemar's exact test on the
 * problems that only one of them gets right. Tokens: mean change, with a bootstrap interval over
 * problems.
 *
 * @param problems compared, those in both files
 * @param onlyOne problems that stand in one file only
 * @param bothRight problems
 * @param lost right before, wrong after
 * @param gained wrong before, right after
 * @param pValue two-sided, of a difference in accuracy as large as this by chance
 * @param accuracyChange after minus before, with its 95 % interval
 * @param tokensBefore mean
 * @param tokensAfter mean
 * @param tokenChange (after - before) / before of the means, with its 95 % interval
 */
public record PairedComparison(
    int problems,
    int onlyOne,
    int bothRight,
    int lost,
    int gained,
    double pValue,
    Spread accuracyChange,
    double tokensBefore,
    double tokensAfter,
    Spread tokenChange) {
  static final int RESAMPLES = 10_000;

  /** A value and the middle 95 % of its resamples. */
  public record Spread(double value, double low, double high) {}

  /**
   * Compares records with equal ids; all their tokens count.
   *
   * @param seed of the bootstrap
   * @throws IllegalArgumentException if no id is in both, or one stands twice
   */
  public static PairedComparison of(List<EvalRecord> before, List<EvalRecord> after, long seed) {
    return of(before, after, EvalRecord::tokens, seed);
  }

  /**
   * Compares records with equal ids.
   *
   * @param tokens what of a record is counted, e.g. {@link EvalRecord#thinkTokens}
   * @param seed of the bootstrap
   * @throws IllegalArgumentException if no id is in both, or one stands twice
   */
  public static PairedComparison of(
      List<EvalRecord> before,
      List<EvalRecord> after,
      ToIntFunction<EvalRecord> tokens,
      long seed) {
    Map<String, EvalRecord> first = byId(before, "the first file");
    Map<String, EvalRecord> second = byId(after, "the second file");
    List<EvalRecord> a = new ArrayList<>();
    List<EvalRecord> b = new ArrayList<>();
    first.forEach(
        (id, record) -> {
          if (second.containsKey(id)) {
            a.add(record);
            b.add(second.get(id));
          }
        });
    if (a.isEmpty()) {
      throw new IllegalArgumentException(
          "the two files have no problem id in common; evaluate both models on the same data set");
    }
    int n = a.size();
    double[] right = new double[n];
    double[] tokensA = new double[n];
    double[] tokensB = new double[n];
    int both = 0;
    int lost = 0;
    int gained = 0;
    for (int i = 0; i < n; i++) {
      boolean was = a.get(i).correct();
      boolean is = b.get(i).correct();
      both += was && is ? 1 : 0;
      lost += was && !is ? 1 : 0;
      gained += !was && is ? 1 : 0;
      right[i] = (is ? 1 : 0) - (was ? 1 : 0);
      tokensA[i] = tokens.applyAsInt(a.get(i));
      tokensB[i] = tokens.applyAsInt(b.get(i));
    }
    double[] accuracy = new double[RESAMPLES];
    double[] change = new double[RESAMPLES];
    for (int r = 0; r < RESAMPLES; r++) {
      long draw = SeedTree.at(seed, "bootstrap", r);
      double sumRight = 0;
      double sumA = 0;
      double sumB = 0;
      for (int i = 0; i < n; i++) {
        int k = SeedTree.below(SeedTree.child(draw, i), n);
        sumRight += right[k];
        sumA += tokensA[k];
        sumB += tokensB[k];
      }
      accuracy[r] = sumRight / n;
      change[r] = sumA == 0 ? 0 : sumB / sumA - 1;
    }
    double meanA = mean(tokensA);
    double meanB = mean(tokensB);
    return new PairedComparison(
        n,
        first.size() + second.size() - 2 * n,
        both,
        lost,
        gained,
        mcNemar(lost, gained),
        spread(mean(right), accuracy),
        meanA,
        meanB,
        spread(meanA == 0 ? 0 : meanB / meanA - 1, change));
  }

  /**
   * McNemar's exact test: of the problems that changed, half would have gone either way by chance.
   *
   * @return two-sided p-value
   */
  public static double mcNemar(int lost, int gained) {
    int changed = lost + gained;
    if (changed == 0) {
      return 1;
    }
    double tail =
        new BinomialDistribution(null, changed, 0.5).cumulativeProbability(Math.min(lost, gained));
    return Math.min(1, 2 * tail);
  }

  /** A few lines for people. */
  public String describe() {
    return String.format(
        Locale.ROOT,
        """
        %d problems in both files (%d in one only)
        accuracy   %+.2f points [%+.2f, %+.2f]   right in both %d, lost %d, gained %d, McNemar p = %.4f
        tokens     %.1f -> %.1f   %+.1f %% [%+.1f, %+.1f]
        """,
        problems,
        onlyOne,
        100 * accuracyChange.value(),
        100 * accuracyChange.low(),
        100 * accuracyChange.high(),
        bothRight,
        lost,
        gained,
        pValue,
        tokensBefore,
        tokensAfter,
        100 * tokenChange.value(),
        100 * tokenChange.low(),
        100 * tokenChange.high());
  }

  private static Map<String, EvalRecord> byId(List<EvalRecord> records, String file) {
    Map<String, EvalRecord> byId = new LinkedHashMap<>();
    for (EvalRecord record : records) {
      if (byId.put(record.id(), record) != null) {
        throw new IllegalArgumentException(
            "problem '" + record.id() + "' stands twice in " + file + "; ids must differ");
      }
    }
    return byId;
  }

  static Spread spread(double value, double[] resamples) {
    Arrays.sort(resamples);
    return new Spread(
        value,
        resamples[(int) (0.025 * resamples.length)],
        resamples[(int) (0.975 * resamples.length) - 1]);
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }
}
