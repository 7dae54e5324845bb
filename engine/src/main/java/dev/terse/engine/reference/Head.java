package dev.terse.engine.reference;

import dev.terse.engine.HeadRows;
import dev.terse.engine.LogProbGradient;
import dev.terse.engine.TableGradient;
import dev.terse.engine.TokenScores;
import java.util.Arrays;

/**
 * The output head, one row of hidden state at a time; so only one row of V logits ever exists. With
 * scaled logits {@code z = hidden·headᵀ / temperature}: {@code ln p = z - lse}, entropy {@code =
 * lse - Σ p z}, and a slope g by ln p(target) gives {@code dz_v = g (1[v = target] - p_v)}.
 */
final class Head {
  private final HeapTensor hidden;
  private final HeapTensor head;
  private final double temperature;

  Head(HeapTensor hidden, HeapTensor head, double temperature) {
    this.hidden = hidden;
    this.head = head;
    this.temperature = temperature;
  }

  TokenScores scores(HeadRows rows) {
    return scores(rows, (row, target, index, logProb, p) -> {});
  }

  /** Overwrites dHidden and adds to dHead. */
  TokenScores scores(HeadRows rows, LogProbGradient loss, HeapTensor dHidden, TableGradient dHead) {
    dHidden.fill(0);
    HeapTensor sums = dHead.sums() == null ? null : HeapTensor.of(dHead.sums());
    int[] places = places(dHead);
    return scores(
        rows,
        (row, target, index, logProb, p) -> {
          double slope = loss.of(index, logProb) / temperature;
          for (int v = 0; v < p.length; v++) {
            double dz = slope * ((v == target ? 1 : 0) - p[v]);
            for (int c = 0; c < head.rowSize(); c++) {
              dHidden.add(row, c, dz * head.get(v, c));
              if (places[v] >= 0) {
                sums.add(places[v], c, dz * hidden.get(row, c));
              }
            }
          }
        });
  }

  /** The row of the sums that takes the gradient of each row of the head, or -1, [V]. */
  private int[] places(TableGradient dHead) {
    int[] places = new int[head.rows()];
    Arrays.setAll(places, v -> dHead.isWhole() ? v : -1);
    for (int k = 0; !dHead.isWhole() && k < dHead.ids().length; k++) {
      places[dHead.ids()[k]] = k;
    }
    return places;
  }

  /** What is done with a row that has a target, while its probabilities are at hand. */
  private interface TargetRow {
    void accept(int row, int target, int index, double logProb, double[] p);
  }

  private TokenScores scores(HeadRows rows, TargetRow onTarget) {
    double[] logProbs = new double[rows.count()];
    double[] entropies = new double[rows.count()];
    boolean[] isArgMax = new boolean[rows.count()];
    for (int k = 0; k < rows.count(); k++) {
      int row = rows.rows()[k];
      int target = rows.targets()[k];
      double[] z = scaledLogits(row);
      double max = Softmax.max(z);
      double lse = logSumExp(z, max);
      double[] p = new double[z.length];
      for (int v = 0; v < z.length; v++) {
        p[v] = Math.exp(z[v] - lse);
        entropies[k] += p[v] * (lse - z[v]);
      }
      logProbs[k] = Double.NaN;
      if (target != HeadRows.NO_TARGET) {
        logProbs[k] = z[target] - lse;
        isArgMax[k] = z[target] == max;
        onTarget.accept(row, target, k, logProbs[k], p);
      }
    }
    return new TokenScores(logProbs, entropies, isArgMax);
  }

  private double[] scaledLogits(int row) {
    double[] z = new double[head.rows()];
    for (int v = 0; v < z.length; v++) {
      for (int c = 0; c < head.rowSize(); c++) {
        z[v] += hidden.get(row, c) * head.get(v, c);
      }
      z[v] /= temperature;
    }
    return z;
  }

  private static double logSumExp(double[] z, double max) {
    double sum = 0;
    for (double value : z) {
      sum += Math.exp(value - max);
    }
    return max + Math.log(sum);
  }
}
