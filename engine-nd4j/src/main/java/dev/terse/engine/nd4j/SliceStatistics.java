package dev.terse.engine.nd4j;

/**
 * Row statistics of one slice of the vocabulary, x the scores and p their softmax within the slice.
 *
 * @param max greatest x, [R]
 * @param maxP greatest p, [R]
 * @param sumP sum of p; 1 but for rounding, [R]
 * @param sumPX sum of p * (x - max), [R]
 * @param target x at the target, or minus infinity where the target is elsewhere, [R]
 */
record SliceStatistics(
    double[] max, double[] maxP, double[] sumP, double[] sumPX, double[] target) {

  static SliceStatistics ofRows(int rows) {
    return new SliceStatistics(
        new double[rows], new double[rows], new double[rows], new double[rows], new double[rows]);
  }
}
