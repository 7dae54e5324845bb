package dev.terse.testkit;

/**
 * The seed of a random test: a fresh one in each run, printed, or the one given by {@code
 * -Dterse.seed=N} to repeat a run.
 */
public final class TestSeed {
  private static final String PROPERTY = "terse.seed";

  private TestSeed() {}

  /**
   * The seed of this run.
   *
   * @param test printed beside the seed
   */
  public static long of(String test) {
    long seed = parse(System.getProperty(PROPERTY, ""));
    System.out.println(test + ": seed " + seed + " (-D" + PROPERTY + "=" + seed + " repeats it)");
    return seed;
  }

  // Maven hands over "${terse.seed}" as it is where the property is not set.
  static long parse(String property) {
    if (property.isBlank() || property.startsWith("${")) {
      return System.nanoTime() & 0xffff_ffffL;
    }
    try {
      return Long.parseLong(property.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          PROPERTY + " must be a whole number, was '" + property + "'", e);
    }
  }
}
