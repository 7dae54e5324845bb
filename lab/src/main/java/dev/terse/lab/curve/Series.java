package dev.terse.lab.curve;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.LongStream;

/**
 * One way of pruning at all kappas.
 *
 * @param order what goes first
 * @param masked whether the final answer is masked in what stays
 * @param seeds of a random order; one, which decides nothing, for the others
 */
record Series(PruneOrder order, boolean masked, List<Long> seeds) {
  Series {
    seeds = List.copyOf(seeds);
  }

  /** The series of a configuration; random ones take seeds from {@code seed} on. */
  static Series of(PruneOrder order, boolean masked, long seed, int randomSeeds) {
    int count = order.isRandom() ? randomSeeds : 1;
    return new Series(order, masked, LongStream.range(seed, seed + count).boxed().toList());
  }

  /** The name in tables, e.g. {@code random, masked}. */
  String name() {
    return order.key().replace('_', ' ') + (masked ? ", masked" : "");
  }

  /** What is done to each chain at a kappa, one a seed. */
  List<Point> points(BigDecimal kappa) {
    return seeds.stream().map(seed -> new Point(this, kappa, seed)).toList();
  }
}
