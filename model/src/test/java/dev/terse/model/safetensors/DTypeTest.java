package dev.terse.model.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.SeedTree;
import dev.terse.engine.numbers.Bfloat16;
import dev.terse.testkit.TestSeed;
import org.junit.jupiter.api.Test;

class DTypeTest {

  @Test
  void half_everyBitPattern_survivesTheWayToFloatAndBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = DType.halfToFloat((short) bits);
      if (Float.isNaN(value)) {
        assertThat(DType.halfToFloat(DType.floatToHalf(value))).isNaN();
      } else {
        assertThat(DType.floatToHalf(value)).as("bits %x", bits).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void half_knownValues_areThoseOfIeee754() {
    assertThat(DType.halfToFloat((short) 0x3c00)).isEqualTo(1f);
    assertThat(DType.halfToFloat((short) 0xc000)).isEqualTo(-2f);
    assertThat(DType.halfToFloat((short) 0x7bff)).isEqualTo(65504f);
    assertThat(DType.halfToFloat((short) 0x0001)).isEqualTo(0x1.0p-24f);
    assertThat(DType.halfToFloat((short) 0x8000)).isEqualTo(-0f);
    assertThat(DType.halfToFloat((short) 0x7c00)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(DType.floatToHalf(65519f)).isEqualTo((short) 0x7bff);
    assertThat(DType.floatToHalf(65520f)).isEqualTo((short) 0x7c00);
    assertThat(DType.floatToHalf(1e-10f)).isEqualTo((short) 0);
  }

  @Test
  void rounding_randomFloats_goesToTheNearestTiesToEven() {
    long seed = TestSeed.of("DTypeTest");
    for (int i = 0; i < 100_000; i++) {
      // All signs and exponents that half precision knows, and some beyond.
      float value =
          (float)
              Math.scalb(
                  2 * SeedTree.uniform(SeedTree.at(seed, "fraction", i)) - 1,
                  SeedTree.below(SeedTree.at(seed, "exponent", i), 44) - 27);
      short half = DType.floatToHalf(value);
      assertNearest(value, half, DType.halfToFloat(half));
      short bfloat = Bfloat16.of(value);
      float near = Float.intBitsToFloat(bfloat << 16);
      float above = Float.intBitsToFloat((bfloat + 1) << 16);
      float below = Float.intBitsToFloat((bfloat - 1) << 16);
      assertThat(Math.abs(near - value))
          .as("%s as bfloat16", value)
          .isLessThanOrEqualTo(Math.abs(above - value))
          .isLessThanOrEqualTo(Math.abs(below - value));
    }
    assertThat(Bfloat16.of(Float.intBitsToFloat(0x3f808000))).isEqualTo((short) 0x3f80);
    assertThat(Bfloat16.of(Float.intBitsToFloat(0x3f818000))).isEqualTo((short) 0x3f82);
    assertThat(DType.floatToHalf(1 + 0x1.0p-11f)).isEqualTo((short) 0x3c00);
    assertThat(DType.floatToHalf(1 + 0x3.0p-11f)).isEqualTo((short) 0x3c02);
  }

  private static void assertNearest(float value, short half, float near) {
    for (int step : new int[] {-1, 1}) {
      float neighbour = DType.halfToFloat((short) (half + step));
      if (!Float.isNaN(neighbour) && !Float.isInfinite(near)) {
        assertThat(Math.abs(near - value))
            .as("%s as float16", value)
            .isLessThanOrEqualTo(Math.abs(neighbour - value));
      }
    }
  }
}
