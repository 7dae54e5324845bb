package dev.terse.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.SeedTree;
import dev.terse.testkit.TestSeed;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenFilterTest {

  @Test
  void apply_randomDistributions_equalsTheBruteForce() {
    long seed = TestSeed.of("token filter");
    for (int run = 0; run < 3000; run++) {
      long at = SeedTree.at(seed, "filter", run);
      float[] p = distribution(at, 1 + SeedTree.below(SeedTree.child(at, 1), 60));
      int topK =
          SeedTree.below(SeedTree.child(at, 2), 2) * SeedTree.below(SeedTree.child(at, 3), 70);
      double topP = run % 3 == 0 ? 1 : 1 - 0.999 * SeedTree.uniform(SeedTree.child(at, 4));
      double minP = run % 2 == 0 ? 0 : 0.9 * SeedTree.uniform(SeedTree.child(at, 5));
      SamplingParams sampling = new SamplingParams(1, topK, topP, minP, 1);
      float[] filtered = p.clone();
      TokenFilter.apply(filtered, sampling);
      assertThat(filtered)
          .as("run %d %s %s", run, sampling, Arrays.toString(p))
          .isEqualTo(bruteForce(p, sampling));
      assertThat(new InverseCdf(filtered).total()).isPositive();
    }
  }

  @Test
  void apply_smallestTopP_keepsTheLikeliest() {
    float[] p = {0.2f, 0.5f, 0.3f};
    TokenFilter.apply(p, new SamplingParams(1, 0, 1e-9, 0, 1));
    assertThat(p).containsExactly(0, 0.5f, 0);
  }

  @Test
  void apply_tiesAtTopK_allStay() {
    float[] p = {0.2f, 0.2f, 0.4f, 0.2f};
    TokenFilter.apply(p, new SamplingParams(1, 2, 1, 0, 1));
    assertThat(p).containsExactly(0.2f, 0.2f, 0.4f, 0.2f);
  }

  /** Sorts all, walks down, asks each rule of each token. */
  private static float[] bruteForce(float[] p, SamplingParams s) {
    Integer[] order =
        IntStream.range(0, p.length)
            .boxed()
            .sorted((a, b) -> p[a] != p[b] ? Float.compare(p[b], p[a]) : a - b)
            .toArray(Integer[]::new);
    float[] left = p.clone();
    if (s.topK() > 0 && s.topK() < p.length) {
      float kth = p[order[s.topK() - 1]];
      IntStream.range(0, p.length).filter(i -> p[i] < kth).forEach(i -> left[i] = 0);
    }
    if (s.topP() < 1) {
      double mass = IntStream.range(0, p.length).mapToDouble(i -> left[i]).sum();
      double before = 0;
      for (int r = 0; r < p.length; r++) {
        float own = left[order[r]];
        if (r > 0 && before / mass >= s.topP()) {
          left[order[r]] = 0;
        }
        before += own;
      }
    }
    float largest = p[order[0]];
    IntStream.range(0, p.length)
        .filter(i -> left[i] < s.minP() * largest)
        .forEach(i -> left[i] = 0);
    return left;
  }

  private static float[] distribution(long seed, int size) {
    float[] p = new float[size];
    double sharpness = 8 * SeedTree.uniform(SeedTree.child(seed, 6));
    double sum = 0;
    for (int i = 0; i < size; i++) {
      double z = SeedTree.gaussian(SeedTree.child(seed, 100 + i));
      // Halves make ties likely.
      p[i] = (float) Math.exp(sharpness * Math.round(2 * z) / 2);
      sum += p[i];
    }
    for (int i = 0; i < size; i++) {
      p[i] /= (float) sum;
    }
    return p;
  }
}
