package dev.terse.lab.curve;

import java.math.BigDecimal;

/**
 * What is done to a chain before the model answers.
 *
 * @param series the way of pruning; null where no thinking is left at all
 * @param kappa share that is pruned
 * @param seed of a random order
 */
record Point(Series series, BigDecimal kappa, long seed) {
  /** No thinking, and no marks for what is gone: where all curves should end. */
  static final Point NO_THINKING = new Point(null, BigDecimal.ONE, 0);

  /** The name in the file of the answers, e.g. {@code random masked 0.4 seed 43}. */
  String key() {
    if (series == null) {
      return "no_thinking";
    }
    return series.order().key()
        + (series.masked() ? " masked " : " ")
        + kappa.toPlainString()
        + (series.order().isRandom() ? " seed " + seed : "");
  }
}
