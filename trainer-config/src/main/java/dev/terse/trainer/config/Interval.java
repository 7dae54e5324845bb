package dev.terse.trainer.config;

/**
 * An interval of numbers in the notation of mathematics, e.g. {@code (0, 2]} or {@code [1, inf)}.
 */
record Interval(double low, boolean lowIncluded, double high, boolean highIncluded) {

  static Interval parse(String text) {
    String[] ends = text.substring(1, text.length() - 1).split(",");
    return new Interval(bound(ends[0]), text.startsWith("["), bound(ends[1]), text.endsWith("]"));
  }

  boolean contains(double value) {
    return (lowIncluded ? value >= low : value > low)
        && (highIncluded ? value <= high : value < high);
  }

  private static double bound(String text) {
    return switch (text.strip()) {
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }
}
