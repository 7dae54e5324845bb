package dev.terse.testkit;

import java.util.Arrays;
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
    assertSameLength(what, actual.length, expected.length);
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
      throw new AssertionError(differs(line, worst, actual.length, expected[worst], actual[worst]));
    }
  }

  /** {@link #assertClose(String, double[], double[], double)} of single numbers. */
  public static void assertClose(String what, double actual, double expected, double allowed) {
    assertClose(what, new double[] {actual}, new double[] {expected}, allowed);
  }

  /**
   * Asserts that all elements have the same bits.
   *
   * @param what begins the failure, which names the first element that differs and both values
   */
  public static void assertSame(String what, double[] actual, double[] expected) {
    assertSameLength(what, actual.length, expected.length);
    int first = Arrays.mismatch(actual, expected);
    if (first >= 0) {
      throw new AssertionError(differs(what, first, actual.length, expected[first], actual[first]));
    }
  }

  /** {@link #assertSame(String, double[], double[])} of floats. */
  public static void assertSame(String what, float[] actual, float[] expected) {
    assertSameLength(what, actual.length, expected.length);
    int first = Arrays.mismatch(actual, expected);
    if (first >= 0) {
      throw new AssertionError(differs(what, first, actual.length, expected[first], actual[first]));
    }
  }

  private static void assertSameLength(String what, int actual, int expected) {
    if (actual != expected) {
      throw new AssertionError(what + ": " + expected + " values expected, got " + actual);
    }
  }

  private static String differs(String what, int i, int size, Number expected, Number actual) {
    return String.format(
        Locale.ROOT,
        "%s, at element %d of %d: expected %s, got %s",
        what,
        i,
        size,
        expected,
        actual);
  }

  private static double difference(double actual, double expected) {
    if (Double.compare(actual, expected) == 0) {
      return 0;
    }
    double difference = Math.abs(actual - expected);
    return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
  }
}
