package dev.terse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeedTreeTest {

  // A changed value here means that old runs can no longer be repeated or resumed.
  @Test
  void values_ofKnownPaths_neverChange() {
    assertThat(SeedTree.at(42, "rollout", 1, 2, 3)).isEqualTo(4921884198709570717L);
    assertThat(SeedTree.at(42, "rollout")).isEqualTo(-1093691396922063659L);
    assertThat(SeedTree.at(0, "")).isEqualTo(5197578548964807871L);
    assertThat(SeedTree.child(7, 9)).isEqualTo(-5560030494719528435L);
    assertThat(SeedTree.uniform(42)).isEqualTo(0.6537157389870545);
    assertThat(SeedTree.below(42, 1000)).isEqualTo(653);
    assertThat(SeedTree.gaussian(42)).isCloseTo(-1.731727072860735, within(1e-14));
    assertThat(SeedTree.permutation(42, 8)).containsExactly(3, 5, 1, 4, 0, 7, 6, 2);
  }

  @Test
  void paths_thatDiffer_giveDifferentSeeds() {
    Set<Long> seeds = new HashSet<>();
    int paths = 0;
    for (long run = -2; run < 3; run++) {
      for (String purpose : new String[] {"", "a", "b", "ab", "ba", "rollout"}) {
        seeds.add(SeedTree.at(run, purpose));
        paths++;
        for (long first = -8; first < 8; first++) {
          seeds.add(SeedTree.at(run, purpose, first));
          paths++;
          for (long second = -8; second < 8; second++) {
            seeds.add(SeedTree.at(run, purpose, first, second));
            paths++;
          }
        }
      }
    }
    assertThat(seeds).hasSize(paths);
  }

  @Test
  void uniform_overSiblings_fillsTheIntervalEvenly() {
    int draws = 100_000;
    int[] cells = new int[100];
    double sum = 0;
    for (int i = 0; i < draws; i++) {
      double u = SeedTree.uniform(SeedTree.at(1, "uniform", i));
      assertThat(u >= 0 && u < 1).isTrue();
      sum += u;
      cells[(int) (u * 100)]++;
    }
    assertThat(sum / draws).isCloseTo(0.5, within(0.005));
    // Chi-squared with 99 degrees of freedom exceeds 160 once in 10,000 fair sets.
    double chiSquared = Arrays.stream(cells).mapToDouble(c -> (c - 1000.0) * (c - 1000.0)).sum();
    assertThat(chiSquared / 1000).isLessThan(160);
  }

  @Test
  void uniform_neighboursAlongThePath_areUncorrelated() {
    int draws = 100_000;
    double sum = 0;
    for (int i = 0; i < draws; i++) {
      double here = SeedTree.uniform(SeedTree.at(1, "position", 5, i)) - 0.5;
      double next = SeedTree.uniform(SeedTree.at(1, "position", 5, i + 1)) - 0.5;
      sum += here * next * 12;
    }
    assertThat(sum / draws).isCloseTo(0, within(5 / Math.sqrt(draws)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1000, 151_936, Integer.MAX_VALUE})
  void below_anyBound_staysInsideAndReachesBothHalves(int bound) {
    boolean low = false;
    boolean high = false;
    for (int i = 0; i < 2000; i++) {
      int value = SeedTree.below(SeedTree.at(3, "below", i), bound);
      assertThat(value).isBetween(0, bound - 1);
      low |= value <= (bound - 1) / 2;
      high |= value >= bound / 2;
    }
    assertThat(low && high).isTrue();
  }

  @Test
  void below_smallBound_isEven() {
    int[] counts = new int[3];
    for (int i = 0; i < 30_000; i++) {
      counts[SeedTree.below(SeedTree.at(4, "even", i), 3)]++;
    }
    assertThat(counts)
        .satisfies(c -> assertThat(Arrays.stream(c).min().orElse(0)).isGreaterThan(9600));
  }

  @Test
  void below_boundNotPositive_isRefused() {
    assertThatThrownBy(() -> SeedTree.below(1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bound must be positive, was 0");
  }

  @Test
  void gaussian_overSiblings_hasMeanZeroAndVarianceOne() {
    int draws = 100_000;
    double sum = 0;
    double squares = 0;
    double fourths = 0;
    for (int i = 0; i < draws; i++) {
      double g = SeedTree.gaussian(SeedTree.at(5, "normal", i));
      sum += g;
      squares += g * g;
      fourths += g * g * g * g;
    }
    assertThat(sum / draws).isCloseTo(0, within(0.015));
    assertThat(squares / draws).isCloseTo(1, within(0.02));
    assertThat(fourths / draws).isCloseTo(3, within(0.2));
  }

  @Test
  void permutation_anyLength_holdsEachNumberOnce() {
    for (int n = 0; n < 200; n++) {
      int[] order = SeedTree.permutation(n, n);
      assertThat(Arrays.stream(order).sorted().toArray())
          .containsExactly(IntStream.range(0, n).toArray());
    }
  }

  @Test
  void permutation_ofThree_givesAllSixEquallyOften() {
    int[] counts = new int[27];
    for (int i = 0; i < 6000; i++) {
      int[] order = SeedTree.permutation(SeedTree.at(6, "order", i), 3);
      counts[order[0] * 9 + order[1] * 3 + order[2]]++;
    }
    int[] seen = Arrays.stream(counts).filter(c -> c > 0).toArray();
    assertThat(seen).hasSize(6);
    assertThat(Arrays.stream(seen).min().orElse(0)).isGreaterThan(860);
  }
}
