package dev.terse.rollout;

/**
 * Cumulative sums of a discrete distribution, for draws by their inverse: in one pass, unsorted. A
 * draw then looks into one block only.
 */
final class InverseCdf {
  /** Tokens whose sum is taken together. */
  private static final int BLOCK = 512;

  private final float[] weights;
  private final double[] blocks;
  private final double total;

  /**
   * @param weights of 0 or more, [V]; not copied
   */
  InverseCdf(float[] weights) {
    this.weights = weights;
    this.blocks = new double[(weights.length + BLOCK - 1) / BLOCK];
    double sum = 0;
    for (int b = 0; b < blocks.length; b++) {
      blocks[b] = blockSum(b * BLOCK);
      sum += blocks[b];
    }
    this.total = sum;
  }

  /** Sum of the weights, in double and in a fixed order. */
  double total() {
    return total;
  }

  /**
   * The index whose share of the cumulative sum covers {@code u}; the total must be above 0.
   *
   * @param u in [0, 1)
   */
  int at(double u) {
    double target = u * total;
    double before = 0;
    int last = -1;
    for (int b = 0; b < blocks.length; b++) {
      if (before + blocks[b] > target) {
        double sum = before;
        for (int i = b * BLOCK; i < end(b * BLOCK); i++) {
          sum += weights[i];
          last = weights[i] > 0 ? i : last;
          if (sum > target) {
            return i;
          }
        }
      }
      before += blocks[b];
    }
    // Rounding can leave u just above the last step of the sum: then it is the last token's.
    for (int i = weights.length - 1; last < 0; i--) {
      last = weights[i] > 0 ? i : last;
    }
    return last;
  }

  private int end(int from) {
    return Math.min(from + BLOCK, weights.length);
  }

  private double blockSum(int from) {
    int end = end(from);
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    double e = 0;
    double f = 0;
    double g = 0;
    double h = 0;
    int i = from;
    for (; i + 7 < end; i += 8) { // eight chains of additions run beside each other
      a += weights[i];
      b += weights[i + 1];
      c += weights[i + 2];
      d += weights[i + 3];
      e += weights[i + 4];
      f += weights[i + 5];
      g += weights[i + 6];
      h += weights[i + 7];
    }
    for (; i < end; i++) {
      a += weights[i];
    }
    return ((a + e) + (b + f)) + ((c + g) + (d + h));
  }
}
