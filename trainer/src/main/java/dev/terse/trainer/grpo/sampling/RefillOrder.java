package dev.terse.trainer.grpo.sampling;

import dev.terse.engine.SeedTree;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The prompts that take the place of those whose groups teach nothing: a function of the seed and
 * the generation, so that a resumed run draws what the uninterrupted one would.
 *
 * @param rows of the training set in the order in which they are asked for, none of which the
 *     generation has already
 */
public record RefillOrder(int[] rows) {

  /**
   * The order of one generation.
   *
   * @param seed of the order of the data
   * @param generation its number
   * @param all rows of the training set
   * @param first rows that the generation begins with
   */
  public static RefillOrder of(long seed, int generation, int all, int[] first) {
    Set<Integer> taken = Arrays.stream(first).boxed().collect(Collectors.toSet());
    int[] drawn = SeedTree.permutation(SeedTree.at(seed, "refill", generation), all);
    return new RefillOrder(Arrays.stream(drawn).filter(row -> !taken.contains(row)).toArray());
  }

  /**
   * How many prompts the next draw asks for: as many as the share of groups that taught so far lets
   * expect, at most {@code most}, and no more than there are.
   *
   * @param kept groups that teach
   * @param asked groups that were drawn
   * @param wanted groups of a generation
   * @param used rows that refills have asked for already
   */
  public int next(int kept, int asked, int wanted, int used) {
    double share = Math.max(1, kept) / (double) asked;
    int expected = (int) Math.min(wanted, Math.ceil((wanted - kept) / share));
    return Math.min(expected, rows.length - used);
  }
}
