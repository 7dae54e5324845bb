package dev.terse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StochasticRoundingTest {
  private static final int COUNT = 1 << 20;

  @Test
  void round_betweenTwoNumbers_meetsTheValueInTheMean() {
    float ulp = 0x1.0p-7f;
    for (double share : new double[] {0.01, 0.3, 0.5, 0.77}) {
      float[] m = filled((float) (1 + share * ulp));
      float[] v = m.clone();
      StochasticRounding rounding = new StochasticRounding(SeedTree.at(1, "test"));
      rounding.roundM(m, 0, COUNT);
      rounding.roundV(v, 0, COUNT);
      // Four standard deviations of a mean of COUNT throws.
      double allowed = 4 * Math.sqrt(share * (1 - share) / COUNT);
      assertThat(shareUp(m, ulp)).isCloseTo(share, within(allowed));
      assertThat(shareUp(v, ulp)).isCloseTo(share, within(allowed));
      int both = 0;
      for (int i = 0; i < COUNT; i++) {
        both += m[i] > 1 && v[i] > 1 ? 1 : 0;
      }
      assertThat(both / (double) COUNT).as("m and v").isCloseTo(share * share, within(allowed));
    }
  }

  @Test
  void round_inPieces_givesTheSameNumbers() {
    float[] whole = filled(1.003f);
    float[] part = Arrays.copyOf(whole, 100);
    StochasticRounding rounding = new StochasticRounding(99);
    rounding.roundM(whole, 0, COUNT);
    rounding.roundM(part, 5000, 100);
    assertThat(part).containsExactly(Arrays.copyOfRange(whole, 5000, 5100));
  }

  @Test
  void round_bfloat16NumbersInfinitiesAndNan_stay() {
    float[] x = {
      1, -1.5f, 0, -0.0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, 0x1.0p-133f
    };
    for (long seed = 0; seed < 100; seed++) {
      float[] rounded = x.clone();
      new StochasticRounding(SeedTree.at(seed, "test")).roundV(rounded, 0, x.length);
      assertThat(rounded).containsExactly(x);
    }
  }

  private static float[] filled(float value) {
    float[] out = new float[COUNT];
    Arrays.fill(out, value);
    return out;
  }

  private static double shareUp(float[] x, float ulp) {
    int up = 0;
    for (float value : x) {
      assertThat(value == 1 || value == 1 + ulp).isTrue();
      up += value > 1 ? 1 : 0;
    }
    return up / (double) COUNT;
  }
}
