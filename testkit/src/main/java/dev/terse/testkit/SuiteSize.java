package dev.terse.testkit;

/**
 * How often a suite does what it does: a few times among the fast tests, many times in the profile
 * {@code reliability}, by a system property. The number is printed as a line that {@link TestTally}
 * gathers, so that a build says how much it tried.
 */
public final class SuiteSize {
  static final String LINE = "cases: ";

  private SuiteSize() {}

  /**
   * The number of cases of a loop.
   *
   * @param cases what is counted, for people: "kills of sft"
   * @param property that sets it, {@code -Dterse.kills=100}
   * @param fast the number among the fast tests
   */
  public static int of(String cases, String property, int fast) {
    int size = parse(property, System.getProperty(property, ""), fast);
    System.out.println(LINE + size + " " + cases + " (-D" + property + ")");
    return size;
  }

  // Maven hands over "${terse.kills}" as it is where the property is not set.
  static int parse(String property, String value, int fast) {
    if (value.isBlank() || value.startsWith("${")) {
      return fast;
    }
    try {
      int size = Integer.parseInt(value.strip());
      if (size > 0) {
        return size;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException(
        property + " must be a whole number above 0, was '" + value + "'");
  }
}
