package dev.terse.traces.prune;

import dev.terse.engine.SeedTree;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Chooses the steps to leave out: ranks them and takes the first {@code floor(N * kappa)}. The
 * product is exact (in doubles, 100 * 0.29 is 28.999…); of equal scores the earlier step goes
 * first.
 *
 * @param kappa share to prune, in [0, 1]
 * @param budget what kappa is a share of
 * @param order which end of the ranking goes first
 * @param protectFirst steps at the beginning that are never pruned; 0 in the paper
 * @param protectLast steps at the end that are never pruned; 0 in the paper
 * @param seed of the random order; each trace draws from (seed, id)
 */
public record Pruner(
    BigDecimal kappa, Budget budget, Order order, int protectFirst, int protectLast, long seed) {

  /** What kappa is a share of. */
  public enum Budget {
    /** Of the steps: the paper. */
    STEPS,
    /**
     * Of the thinking tokens: in rank order each step goes that still fits. Makes low, high and
     * random comparable, whose steps differ in length.
     */
    TOKENS
  }

  /** Which steps go first. */
  public enum Order {
    /** Lowest score: the method. */
    LOW,
    /** Highest score: a control. */
    HIGH,
    /** Any: a control. */
    RANDOM
  }

  public Pruner {
    if (kappa.signum() < 0 || kappa.compareTo(BigDecimal.ONE) > 0) {
      throw new IllegalArgumentException("kappa must be in [0, 1], was " + kappa);
    }
    if (protectFirst < 0 || protectLast < 0) {
      throw new IllegalArgumentException(
          "protected steps must be 0 or more, were " + protectFirst + " and " + protectLast);
    }
  }

  /** The paper's choice: the lowest scores, no step protected. */
  public static Pruner lowest(BigDecimal kappa) {
    return new Pruner(kappa, Budget.STEPS, Order.LOW, 0, 0, 0);
  }

  /**
   * The same, of a share as it is written: 0.4 is two fifths exactly.
   *
   * @param kappa share of the steps, 0 to 1
   */
  public static Pruner lowest(double kappa) {
    return lowest(BigDecimal.valueOf(kappa));
  }

  /**
   * Which steps to prune.
   *
   * @param id of the trace
   * @param scores one a step, [N]
   * @param tokens of each step, [N]
   * @return [N]
   */
  public boolean[] choose(String id, double[] scores, int[] tokens) {
    int n = scores.length;
    int total = budget == Budget.STEPS ? n : Arrays.stream(tokens).sum();
    int left =
        kappa.multiply(BigDecimal.valueOf(total)).setScale(0, RoundingMode.FLOOR).intValueExact();
    boolean[] pruned = new boolean[n];
    for (int step : ranking(id, scores)) {
      int cost = budget == Budget.STEPS ? 1 : tokens[step];
      boolean open = step >= protectFirst && step < n - protectLast;
      if (open && cost <= left) {
        pruned[step] = true;
        left -= cost;
      }
    }
    return pruned;
  }

  private int[] ranking(String id, double[] scores) {
    if (order == Order.RANDOM) {
      return SeedTree.permutation(SeedTree.at(seed, "prune/" + id), scores.length);
    }
    Comparator<Integer> byScore = Comparator.comparingDouble(i -> scores[i]);
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(order == Order.LOW ? byScore : byScore.reversed()) // stable: ties stay in order
        .mapToInt(i -> i)
        .toArray();
  }
}
