package dev.terse.engine.numbers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.SeedTree;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StochasticRoundingTest {
  private static final int COUNT = 1 << 20;

  @Test
  void round_betweenTwoNumbers_meetsTheValueInTheMean() {
    float ulp = 0x1.0p-7f;
    for (double share : new double[] {0.01, 0.3, 0.5, 0.77}) {
      float[] x = filled((float) (1 + share * ulp));
      int[] random = new StochasticRounding(SeedTree.at(1, "test")).bits(0, COUNT);
      float[] m = floats(StochasticRounding.roundM(x, random));
      float[] v = floats(StochasticRounding.roundV(x, random));
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
    StochasticRounding rounding = new StochasticRounding(99);
    int[] whole = rounding.bits(0, COUNT);
    assertThat(rounding.bits(5000, 100)).containsExactly(Arrays.copyOfRange(whole, 5000, 5100));
  }

  @Test
  void round_bfloat16NumbersInfinitiesAndNan_stay() {
    float[] x = {
      1,
      -1.5f,
      0,
      -0.0f,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.NaN,
      0x1.0p-133f,
      Float.intBitsToFloat(0x7fffffff)
    };
    for (long seed = 0; seed < 100; seed++) {
      int[] random = new StochasticRounding(SeedTree.at(seed, "test")).bits(0, x.length);
      assertThat(floats(StochasticRounding.roundM(x, random))).containsExactly(x);
      assertThat(floats(StochasticRounding.roundV(x, random))).containsExactly(x);
    }
  }

  private static float[] floats(short[] bits) {
    float[] out = new float[bits.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Bfloat16.toFloat(bits[i]);
    }
    return out;
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
