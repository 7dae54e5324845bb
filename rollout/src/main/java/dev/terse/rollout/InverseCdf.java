package dev.terse.rollout;

/** Draws from a discrete distribution by the inverse of its cumulative sum, in O(V), unsorted. */
final class InverseCdf {
  /** Tokens whose sum is taken together; the draw then looks into one block only. */
  private static final int BLOCK = 512;

  private InverseCdf() {}

  /** Sum of the weights, in double and in a fixed order. */
  static double sum(float[] p) {
    double sum = 0;
    for (int from = 0; from < p.length; from += BLOCK) {
      sum += blockSum(p, from);
    }
    return sum;
  }

  /**
   * The index whose share of the cumulative sum covers {@code u}.
   *
   * @param p weights of 0 or more, [V]
   * @param total {@link #sum} of the weights, above 0
   * @param u in [0, 1)
   */
  static int draw(float[] p, double total, double u) {
    double target = u * total;
    double before = 0;
    int last = -1;
    for (int from = 0; from < p.length; from += BLOCK) {
      double block = blockSum(p, from);
      if (before + block > target) {
        double sum = before;
        for (int i = from; i < Math.min(from + BLOCK, p.length); i++) {
          sum += p[i];
          last = p[i] > 0 ? i : last;
          if (sum > target) {
            return i;
          }
        }
      }
      before += block;
    }
    // Rounding can leave u just above the last step of the sum: then it is the last token's.
    for (int i = p.length - 1; last < 0; i--) {
      last = p[i] > 0 ? i : last;
    }
    return last;
  }

  private static double blockSum(float[] p, int from) {
    int end = Math.min(from + BLOCK, p.length);
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = from;
    for (; i + 3 < end; i += 4) { // four chains of additions run beside each other
      a += p[i];
      b += p[i + 1];
      c += p[i + 2];
      d += p[i + 3];
    }
    for (; i < end; i++) {
      a += p[i];
    }
    return (a + b) + (c + d);
  }
}
