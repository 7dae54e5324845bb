package dev.terse.engine.nd4j.head;

import java.util.Arrays;

/**
 * What is known of the scores x of each row over a part of the vocabulary, in double precision: the
 * greatest m, Σ exp(x - m) and Σ exp(x - m) (x - m); and Σ x. Parts are put together in any order;
 * the numbers hold their digits where a distribution is sharp. NaN in a part is NaN in the whole.
 */
final class ScoreSums {
  private final double[] max;
  private final double[] z;
  private final double[] zx;
  private final double[] plain;

  /** Nothing yet, of {@code rows} rows. */
  ScoreSums(int rows) {
    max = new double[rows];
    z = new double[rows];
    zx = new double[rows];
    plain = new double[rows];
    Arrays.fill(max, Double.NEGATIVE_INFINITY);
  }

  /**
   * Adds a part to a row.
   *
   * @param partMax the greatest x of the part
   * @param partZ Σ exp(x - partMax)
   * @param partZx Σ exp(x - partMax) (x - partMax)
   */
  void add(int row, double partMax, double partZ, double partZx) {
    double shift = partMax - max[row];
    if (shift > 0) {
      double scale = Math.exp(-shift);
      zx[row] = shifted(scale, -shift, z[row], zx[row]) + partZx;
      z[row] = scale * z[row] + partZ;
      max[row] = partMax;
    } else {
      double scale = Math.exp(shift);
      zx[row] += shifted(scale, shift, partZ, partZx);
      z[row] += scale * partZ;
    }
  }

  /** Adds a part's Σ x to a row. */
  void addPlain(int row, double partSum) {
    plain[row] += partSum;
  }

  void add(ScoreSums other) {
    for (int row = 0; row < max.length; row++) {
      add(row, other.max[row], other.z[row], other.zx[row]);
      addPlain(row, other.plain[row]);
    }
  }

  /** A part's Σ exp(x - m) (x - m) for an m greater by {@code -shift}. */
  private static double shifted(double scale, double shift, double z, double zx) {
    return scale == 0 ? 0 : scale * (zx + shift * z);
  }

  /** The greatest score. */
  double max(int row) {
    return max[row];
  }

  /** ln Σ exp(x - max). */
  double logZ(int row) {
    return Math.log(z[row]);
  }

  /** Mean of ln p over a vocabulary of that size. */
  double meanLogProb(int row, int vocabulary) {
    return plain[row] / vocabulary - max[row] - logZ(row);
  }

  /** In nats: ln Σ exp(x - max) less the mean of x - max. */
  double entropy(int row) {
    return logZ(row) - zx[row] / z[row];
  }
}
