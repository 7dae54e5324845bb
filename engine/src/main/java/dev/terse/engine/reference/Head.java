package dev.terse.engine.reference;

import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.TableGradient;
import dev.terse.engine.TokenScores;
import java.util.Arrays;

/**
 * The output head, one row of hidden state at a time; so only one row of V logits ever exists. With
 * scaled logits {@code z = hidden·headᵀ / temperature}: {@code ln p = z - lse}, entropy {@code =
 * lse - Σ p z}. Derivatives g by ln p(target), h by the entropy H and m by the mean of ln p give
 * {@code dz_v = g (1[v = target] - p_v) - h p_v (ln p_v + H) + m (1 / V - p_v)}.
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
    return scores(rows, (scores, row, target, index, p) -> {});
  }

  /** Overwrites dHidden and adds to dHead. */
  TokenScores scores(HeadRows rows, HeadBackward<HeapTensor> backward) {
    HeapTensor dHidden = backward.dHidden();
    dHidden.fill(0);
    HeapTensor sums = backward.dHead().sums();
    int[] sumOf = sumOf(backward.dHead());
    return scores(
        rows,
        (scores, row, target, index, p) -> {
          double entropy = scores.entropies()[index];
          double dLogProb = backward.loss().of(index, scores.logProbs()[index]) / temperature;
          double dEntropy = backward.loss().ofEntropy(index, entropy) / temperature;
          double dMean = backward.loss().ofMean(index, scores.meanLogProbs()[index]) / temperature;
          for (int v = 0; v < p.length; v++) {
            double dz = dLogProb * ((v == target ? 1 : 0) - p[v]);
            dz += dMean * (1.0 / p.length - p[v]);
            dz -= dEntropy == 0 || p[v] == 0 ? 0 : dEntropy * p[v] * (Math.log(p[v]) + entropy);
            for (int c = 0; c < head.rowSize(); c++) {
              dHidden.add(row, c, dz * head.get(v, c));
              if (sumOf[v] >= 0) {
                sums.add(sumOf[v], c, dz * hidden.get(row, c));
              }
            }
          }
        });
  }

  /** The row of the sums that takes the gradient of each row of the head, or -1, [V]. */
  private int[] sumOf(TableGradient<HeapTensor> dHead) {
    int[] sumOf = new int[head.rows()];
    Arrays.setAll(sumOf, v -> dHead.isWhole() ? v : -1);
    for (int k = 0; !dHead.isWhole() && k < dHead.ids().length; k++) {
      sumOf[dHead.ids()[k]] = k;
    }
    return sumOf;
  }

  /** What is done with a row that has a target, while its probabilities are at hand. */
  private interface TargetRow {
    void accept(TokenScores scores, int row, int target, int index, double[] p);
  }

  private TokenScores scores(HeadRows rows, TargetRow onTarget) {
    TokenScores scores = new TokenScores(rows.count());
    for (int k = 0; k < rows.count(); k++) {
      int row = rows.rows()[k];
      double[] z = scaledLogits(row);
      double max = Softmax.max(z);
      double lse = logSumExp(z, max);
      double[] p = new double[z.length];
      double entropy = 0;
      double sum = 0;
      for (int v = 0; v < z.length; v++) {
        p[v] = Math.exp(z[v] - lse);
        entropy += p[v] * (lse - z[v]);
        sum += z[v];
      }
      double mean = sum / z.length - lse;
      scores.put(k, Double.NaN, mean, entropy, false);
      if (rows.hasTarget(k)) {
        int target = rows.targets()[k];
        scores.put(k, z[target] - lse, mean, entropy, z[target] == max);
        onTarget.accept(scores, row, target, k, p);
      }
    }
    return scores;
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
