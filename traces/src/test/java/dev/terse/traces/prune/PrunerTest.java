package dev.terse.traces.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.SeedTree;
import dev.terse.testkit.TestSeed;
import dev.terse.traces.prune.Pruner.Budget;
import dev.terse.traces.prune.Pruner.Order;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrunerTest {
  private static final BigDecimal KAPPA = new BigDecimal("0.8");

  @Test
  void choose_fourFifths_isTheExactFloor() {
    int[] expected = {0, 0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 8};
    for (int n = 0; n < expected.length; n++) {
      assertThat(count(Pruner.lowest(KAPPA).choose("t", new double[n], new int[n])))
          .as("N=%d", n)
          .isEqualTo(expected[n]);
    }
  }

  @Test
  void choose_productsThatDoublesMiss_areExact() {
    assertThat((int) (100 * 0.29)).isEqualTo(28);
    assertThat(
            count(Pruner.lowest(new BigDecimal("0.29")).choose("t", new double[100], new int[100])))
        .isEqualTo(29);
    for (int percent = 0; percent <= 100; percent++) {
      Pruner pruner = Pruner.lowest(BigDecimal.valueOf(percent, 2));
      for (int n : new int[] {1, 7, 50, 100, 333}) {
        assertThat(count(pruner.choose("t", new double[n], new int[n])))
            .isEqualTo(n * percent / 100);
      }
    }
  }

  @Test
  void choose_ties_takeTheEarlierStep() {
    double[] scores = {2, 1, 2, 1, 1};
    assertThat(chosen(Pruner.lowest(new BigDecimal("0.4")), scores)).containsExactly(1, 3);
    assertThat(chosen(pruner("0.2", Order.HIGH), scores)).containsExactly(0);
    assertThat(chosen(pruner("0.6", Order.HIGH), scores)).containsExactly(0, 1, 2);
  }

  @Test
  void choose_random_dependsOnSeedAndIdAlone() {
    double[] scores = new double[40];
    Pruner one = pruner("0.5", Order.RANDOM);
    Pruner other = new Pruner(new BigDecimal("0.5"), Budget.STEPS, Order.RANDOM, 0, 0, 8);
    boolean[] chosen = one.choose("a", scores, new int[40]);
    assertThat(count(chosen)).isEqualTo(20);
    assertThat(one.choose("a", IntStream.range(0, 40).asDoubleStream().toArray(), new int[40]))
        .isEqualTo(chosen);
    assertThat(one.choose("b", scores, new int[40])).isNotEqualTo(chosen);
    assertThat(other.choose("a", scores, new int[40])).isNotEqualTo(chosen);
  }

  @Test
  void choose_random_takesEveryStepEquallyOften() {
    int[] counts = new int[5];
    for (int i = 0; i < 5000; i++) {
      boolean[] chosen = pruner("0.4", Order.RANDOM).choose("id" + i, new double[5], new int[5]);
      IntStream.range(0, 5).filter(s -> chosen[s]).forEach(s -> counts[s]++);
    }
    // 2000 expected, deviation sqrt(5000 * 0.4 * 0.6) = 35; the seed is fixed.
    assertThat(IntStream.of(counts)).allSatisfy(c -> assertThat(c).isBetween(1850, 2150));
  }

  @Test
  void choose_protectedSteps_stay() {
    Pruner pruner = new Pruner(KAPPA, Budget.STEPS, Order.LOW, 1, 2, 0);
    assertThat(chosen(pruner, new double[] {0, 3, 2, 1, 0})).containsExactly(1, 2);
    Pruner more = new Pruner(KAPPA, Budget.STEPS, Order.LOW, 9, 9, 0);
    assertThat(chosen(more, new double[] {0, 3, 2})).isEmpty();
  }

  @Test
  void choose_tokenBudget_isNeverExceededAndTakesWhatFits() {
    Pruner pruner = new Pruner(new BigDecimal("0.5"), Budget.TOKENS, Order.LOW, 0, 0, 0);
    // 20 tokens, 10 may go: 6 fit, 8 do not any more, 3 do.
    assertThat(pruner.choose("t", new double[] {1, 2, 3, 4}, new int[] {6, 8, 3, 3}))
        .containsExactly(true, false, true, false);
    long seed = TestSeed.of("pruner");
    for (int run = 0; run < 500; run++) {
      long at = SeedTree.at(seed, "budget", run);
      int n = 1 + SeedTree.below(at, 30);
      int[] tokens = new int[n];
      Arrays.setAll(tokens, i -> SeedTree.below(SeedTree.child(at, i), 50));
      double[] scores =
          IntStream.range(0, n)
              .mapToDouble(i -> SeedTree.uniform(SeedTree.child(at, -i)))
              .toArray();
      boolean[] chosen = pruner.choose("t", scores, tokens);
      int pruned = IntStream.range(0, n).filter(i -> chosen[i]).map(i -> tokens[i]).sum();
      int left = Arrays.stream(tokens).sum() / 2 - pruned;
      assertThat(left).isNotNegative();
      assertThat(IntStream.range(0, n).filter(i -> !chosen[i]))
          .allSatisfy(i -> assertThat(tokens[i]).isGreaterThan(left));
    }
  }

  @Test
  void kappa_outsideZeroToOne_isRefused() {
    assertThatThrownBy(() -> Pruner.lowest(new BigDecimal("1.01")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kappa must be in [0, 1], was 1.01");
    assertThatThrownBy(() -> Pruner.lowest(new BigDecimal("-0.1"))).hasMessageContaining("-0.1");
    assertThat(chosen(Pruner.lowest(BigDecimal.ONE), new double[3])).containsExactly(0, 1, 2);
  }

  private static Pruner pruner(String kappa, Order order) {
    return new Pruner(new BigDecimal(kappa), Budget.STEPS, order, 0, 0, 7);
  }

  private static int[] chosen(Pruner pruner, double[] scores) {
    boolean[] chosen = pruner.choose("t", scores, new int[scores.length]);
    return IntStream.range(0, chosen.length).filter(i -> chosen[i]).toArray();
  }

  private static int count(boolean[] chosen) {
    return (int) IntStream.range(0, chosen.length).filter(i -> chosen[i]).count();
  }
}
