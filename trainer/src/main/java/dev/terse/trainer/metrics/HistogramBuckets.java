package dev.terse.trainer.metrics;

import java.util.Arrays;

/**
 * Counts of values between TensorFlow's bucket limits: ±1e-12 · 1.1^k up to 1e20, so that charts of
 * different steps have the same edges. Values that are not finite are left out.
 */
final class HistogramBuckets {
  private static final double[] LIMITS = limits();

  private HistogramBuckets() {}

  /** The HistogramProto of {@code values}; null if none of them is finite. */
  static ProtoMessage of(double[] values) {
    double[] finite = Arrays.stream(values).filter(Double::isFinite).toArray();
    if (finite.length == 0) {
      return null;
    }
    double[] counts = new double[LIMITS.length];
    double sum = 0;
    double sumOfSquares = 0;
    int first = LIMITS.length;
    int last = 0;
    for (double value : finite) {
      int bucket = bucketOf(value);
      counts[bucket]++;
      first = Math.min(first, bucket);
      last = Math.max(last, bucket);
      sum += value;
      sumOfSquares += value * value;
    }
    // One empty bucket in front gives the first full one its left edge.
    int from = Math.max(0, first - 1);
    return new ProtoMessage()
        .float64(1, Arrays.stream(finite).min().getAsDouble())
        .float64(2, Arrays.stream(finite).max().getAsDouble())
        .float64(3, finite.length)
        .float64(4, sum)
        .float64(5, sumOfSquares)
        .float64s(6, Arrays.copyOfRange(LIMITS, from, last + 1))
        .float64s(7, Arrays.copyOfRange(counts, from, last + 1));
  }

  /** Index of the first limit that is greater than {@code value}. */
  private static int bucketOf(double value) {
    int found = Arrays.binarySearch(LIMITS, value);
    return Math.min(found >= 0 ? found + 1 : -found - 1, LIMITS.length - 1);
  }

  private static double[] limits() {
    double[] positive = new double[800];
    int count = 0;
    for (double limit = 1e-12; limit < 1e20; limit *= 1.1) {
      positive[count++] = limit;
    }
    double[] limits = new double[2 * count + 2];
    limits[count] = 0;
    for (int i = 0; i < count; i++) {
      limits[count + 1 + i] = positive[i];
      limits[count - 1 - i] = -positive[i];
    }
    limits[limits.length - 1] = Double.MAX_VALUE;
    return limits;
  }
}
