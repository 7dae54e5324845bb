package dev.terse.reward.length;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Budgets by difficulty (Laser-D, arXiv 2505.15612): a prompt is easy where at least two thirds of
 * its completions are right, of middle difficulty from one third on, else hard. With K the least
 * number of right ones in a group of such a class, its budget is the smallest length by which 1/K
 * of the class's completions have ended, so that one right completion can be expected within it.
 *
 * <p>The authors ask for that on a set of its own every few updates, at steps of 1,024 tokens; here
 * it is asked of the completions that are drawn together, at each of their lengths.
 *
 * @param lengths the budget of each class; of classes without a prompt there is none
 */
record Budgets(Map<Difficulty, Double> lengths) {

  private enum Difficulty {
    EASY(2 / 3.0),
    MEDIUM(1 / 3.0),
    HARD(0);

    private final double leastPassRate;

    Difficulty(double leastPassRate) {
      this.leastPassRate = leastPassRate;
    }

    static Difficulty of(double passRate) {
      // Two of three, computed as a quotient, is not below 2/3.
      return passRate >= EASY.leastPassRate - 1e-12
          ? EASY
          : passRate >= MEDIUM.leastPassRate - 1e-12 ? MEDIUM : HARD;
    }

    /** K in a group of {@code size}. */
    int leastRight(int size) {
      return Math.max(1, (int) Math.ceil(size * leastPassRate - 1e-9));
    }
  }

  /**
   * The budgets of completions that were drawn together.
   *
   * @param groups prompts of [n] completions each
   */
  static Budgets of(List<List<Measured>> groups, Channel channel) {
    Map<Difficulty, List<Double>> lengths = new EnumMap<>(Difficulty.class);
    Map<Difficulty, Integer> leastRight = new EnumMap<>(Difficulty.class);
    for (List<Measured> group : groups) {
      Peers peers = Peers.of(group, channel, 0);
      if (peers.all().length == 0) {
        continue;
      }
      Difficulty difficulty = Difficulty.of(peers.passRate());
      leastRight.merge(difficulty, difficulty.leastRight(peers.all().length), Math::min);
      List<Double> own = lengths.computeIfAbsent(difficulty, any -> new ArrayList<>());
      for (double length : peers.all()) {
        own.add(length);
      }
    }
    Map<Difficulty, Double> budgets = new EnumMap<>(Difficulty.class);
    lengths.forEach(
        (difficulty, all) -> {
          List<Double> sorted = all.stream().sorted().toList();
          int needed = (int) Math.ceil(sorted.size() / (double) leastRight.get(difficulty) - 1e-9);
          budgets.put(difficulty, sorted.get(needed - 1));
        });
    return new Budgets(budgets);
  }

  /** The budget of a prompt. */
  double of(List<Measured> group) {
    Peers peers = Peers.of(group, Channel.TOTAL, 0);
    return peers.all().length == 0
        ? Double.POSITIVE_INFINITY
        : lengths.get(Difficulty.of(peers.passRate()));
  }
}
