package dev.terse.lab.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A scale with round ticks.
 *
 * @param label what is measured, with its unit
 * @param low value at the beginning
 * @param high value at the end
 * @param step between ticks
 */
public record Axis(String label, double low, double high, double step) {
  private static final int TICKS = 5;
  private static final int MAX_DECIMALS = 9;

  /** A scale that holds all finite values, widened to round numbers. */
  public static Axis holding(String label, double... values) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      if (Double.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    if (low > high) { // nothing to hold
      low = 0;
      high = 1;
    }
    double span = high > low ? high - low : Math.max(1, Math.abs(low));
    double step = round(span / TICKS);
    double first = Math.floor(low / step) * step;
    double last = Math.ceil(high / step) * step;
    return new Axis(label, first, last > first ? last : first + step, step);
  }

  /** Where the ticks are. */
  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    long count = Math.round((high - low) / step);
    for (long i = 0; i <= count; i++) {
      ticks.add(low + i * step);
    }
    return ticks;
  }

  /** The tick as text, with as many decimals as the step needs. */
  String text(double tick) {
    int decimals = 0;
    for (double unit = step; decimals < MAX_DECIMALS && !isWhole(unit); unit *= 10) {
      decimals++;
    }
    String text = String.format(Locale.ROOT, "%." + decimals + "f", tick);
    return text.matches("-0(\\.0*)?") ? text.substring(1) : text;
  }

  private static boolean isWhole(double value) {
    return Math.abs(value - Math.rint(value)) < 1e-6;
  }

  /** Place of a value: 0 at {@code low}, 1 at {@code high}. */
  double share(double value) {
    return (value - low) / (high - low);
  }

  /** The next of 1, 2, 2.5 and 5 times a power of ten. */
  private static double round(double step) {
    double power = Math.pow(10, Math.floor(Math.log10(step)));
    for (double factor : new double[] {1, 2, 2.5, 5}) {
      if (step <= factor * power * (1 + 1e-9)) {
        return factor * power;
      }
    }
    return 10 * power;
  }
}
