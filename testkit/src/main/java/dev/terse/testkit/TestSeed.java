package dev.terse.testkit;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The seed of a random test: a fresh one in each run, or the one given by {@code -Dterse.seed=N} to
 * repeat a run. It is printed, and {@link SeedsOfFailures} puts it into the failure of its test.
 */
public final class TestSeed {
  private static final String PROPERTY = "terse.seed";
  private static final StackWalker STACK =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  // The newest line of every test that drew a seed, by the name of the class that drew it.
  private static final Map<String, Map<String, String>> DRAWN = new ConcurrentSkipListMap<>();

  private TestSeed() {}

  /**
   * The seed of this run.
   *
   * @param test printed beside the seed
   */
  public static long of(String test) {
    long seed = parse(System.getProperty(PROPERTY, ""));
    String line = test + ": seed " + seed + " (-D" + PROPERTY + "=" + seed + " repeats it)";
    DRAWN
        .computeIfAbsent(STACK.getCallerClass().getName(), name -> new ConcurrentSkipListMap<>())
        .put(test, line);
    System.out.println(line);
    return seed;
  }

  /** The newest line of every test for which code of {@code drawer} drew a seed. */
  static List<String> drawnBy(Class<?> drawer) {
    return List.copyOf(DRAWN.getOrDefault(drawer.getName(), Map.of()).values());
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
