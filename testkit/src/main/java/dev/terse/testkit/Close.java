package dev.terse.testkit;

import java.util.Locale;

/** Compares arrays of numbers, and prints the largest difference beside what is allowed. */
public final class Close {
  private Close() {}

  /**
   * Asserts that {@code |actual - expected| <= allowed} for all elements; NaN equals only NaN, an
   * infinity only itself.
   *
   * @param what printed, and begins the failure
   */
  public static void assertClose(String what, double[] actual, double[] expected, double allowed) {
    if (actual.length != expected.length) {
      throw new AssertionError(
          what + ": " + expected.length + " values expected, got " + actual.length);
    }
    int worst = 0;
    double largest = 0;
    for (int i = 0; i < actual.length; i++) {
      double difference = difference(actual[i], expected[i]);
      if (difference > largest) {
        largest = difference;
        worst = i;
      }
    }
    String line =
        String.format(Locale.ROOT, "%s: max difference %.2e, allowed %.2e", what, largest, allowed);
    System.out.println(line);
    if (!(largest <= allowed)) {
      throw new AssertionError(
          line
              + String.format(
                  Locale.ROOT,
                  ", at element %d of %d: expected %s, got %s",
                  worst,
                  actual.length,
                  expected[worst],
                  actual[worst]));
    }
  }

  /** {@link #assertClose(String, double[], double[], double)} of single numbers. */
  public static void assertClose(String what, double actual, double expected, double allowed) {
    assertClose(what, new double[] {actual}, new double[] {expected}, allowed);
  }

  private static double difference(double actual, double expected) {
    if (Double.compare(actual, expected) == 0) {
      return 0;
    }
    double difference = Math.abs(actual - expected);
    return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
  }
}
