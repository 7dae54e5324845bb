package dev.terse.engine;

/**
 * What the head says of each row of a {@link HeadRows}, in its order.
 *
 * @param logProbs ln p(target) at the given temperature, [rows]; NaN where there is no target
 * @param meanLogProbs mean of ln p over the vocabulary at the given temperature, [rows]
 * @param entropies entropy of the next-token distribution at the given temperature, in nats, [rows]
 * @param targetIsArgMax whether no token is likelier than the target, [rows]; false without target
 */
public record TokenScores(
    double[] logProbs, double[] meanLogProbs, double[] entropies, boolean[] targetIsArgMax) {

  /** Scores of {@code rows} rows, for an engine to fill. */
  public TokenScores(int rows) {
    this(new double[rows], new double[rows], new double[rows], new boolean[rows]);
  }

  /** Fills one row. */
  public void put(int row, double logProb, double meanLogProb, double entropy, boolean isArgMax) {
    logProbs[row] = logProb;
    meanLogProbs[row] = meanLogProb;
    entropies[row] = entropy;
    targetIsArgMax[row] = isArgMax;
  }
}
