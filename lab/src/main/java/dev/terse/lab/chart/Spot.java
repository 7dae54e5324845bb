package dev.terse.lab.chart;

/**
 * A point with its intervals.
 *
 * @param name as the legend has it; empty for a point of a curve that stands there
 */
public record Spot(String name, Ink ink, Mark mark, Measured x, Measured y) {

  /** A value and the ends of its interval. */
  public record Measured(double value, double low, double high) {}
}
