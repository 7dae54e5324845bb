package dev.terse.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.SeedTree;
import dev.terse.testkit.TestSeed;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PassesTest {

  private static List<List<Integer>> passes(List<Integer> lengths, int most) {
    return Passes.of(lengths, Integer::intValue, most);
  }

  private static int sum(List<Integer> lengths) {
    return lengths.stream().mapToInt(Integer::intValue).sum();
  }

  @Test
  void of_randomLengths_keepsRowsInOrderBoundedAndFull() {
    long seed = TestSeed.of("passes");
    for (int round = 0; round < 200; round++) {
      long own = SeedTree.child(seed, round);
      int most = 1 + SeedTree.below(SeedTree.at(own, "most"), 40);
      List<Integer> lengths =
          IntStream.range(0, SeedTree.below(SeedTree.at(own, "rows"), 12))
              .mapToObj(i -> 1 + SeedTree.below(SeedTree.at(own, "length", i), 20))
              .toList();
      List<List<Integer>> passes = passes(lengths, most);
      assertThat(passes.stream().flatMap(List::stream).toList()).isEqualTo(lengths);
      for (int p = 0; p < passes.size(); p++) {
        assertThat(passes.get(p)).isNotEmpty();
        assertThat(passes.get(p).size() == 1 || sum(passes.get(p)) <= most).isTrue();
        if (p > 0) {
          assertThat(sum(passes.get(p - 1)) + passes.get(p).get(0)).isGreaterThan(most);
        }
      }
    }
  }

  @Test
  void of_longRowBetweenShortOnes_isAPassOfItsOwn() {
    assertThat(passes(List.of(3, 4, 30, 2, 8), 10))
        .containsExactly(List.of(3, 4), List.of(30), List.of(2, 8));
  }

  /** A row shares two tokens with an equal one before it in the same pass. */
  @Test
  void ofNeighbours_rowsThatShare_fillAPassFurtherAndPayAnewAtItsBegin() {
    List<List<Integer>> passes =
        Passes.ofNeighbours(
            List.of(4, 4, 4, 4, 3, 3), (before, row) -> row.equals(before) ? row - 2 : row, 8);
    assertThat(passes).containsExactly(List.of(4, 4, 4), List.of(4, 3, 3));
  }

  @Test
  void of_noBound_isOnePass() {
    assertThat(passes(List.of(3, 4, 30), 0)).containsExactly(List.of(3, 4, 30));
    assertThat(passes(List.of(), 0)).isEmpty();
  }
}
