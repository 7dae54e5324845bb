package dev.terse.lab.statistics;

import dev.terse.lab.statistics.PairedComparison.Spread;

/** The score interval of a share (Wilson 1927), which holds at the ends of the range too. */
public final class Wilson {
  private static final double Z = 1.959963984540054; // 97.5 % of the normal distribution lie below

  private Wilson() {}

  /**
   * A share with its 95 % interval.
   *
   * <pre>
   * (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)
   * </pre>
   *
   * @param share p, in [0, 1]
   * @param trials n, above 0; not whole where trials depend on one another
   */
  public static Spread of(double share, double trials) {
    double square = Z * Z / trials;
    double centre = share + square / 2;
    double half = Z * Math.sqrt(share * (1 - share) / trials + square / (4 * trials));
    return new Spread(
        share,
        Math.max(0, (centre - half) / (1 + square)),
        Math.min(1, (centre + half) / (1 + square)));
  }
}
