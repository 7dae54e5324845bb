package dev.terse.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutMaskTest {

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.05, 0.1, 0.5, 0.999})
  void factors_ofARow_areThoseOfItsElements(double rate) {
    for (int columns : new int[] {1, 2, 7, 64}) {
      DropoutMask mask = new DropoutMask(rate, columns);
      for (long seed = 0; seed < 20; seed++) {
        float[] factors = mask.factors(seed);
        for (int c = 0; c < columns; c++) {
          float expected = DropoutMask.keeps(seed, c, rate) ? (float) (1 / (1 - rate)) : 0;
          assertThat(factors[c]).as("seed %d, column %d", seed, c).isEqualTo(expected);
        }
      }
    }
  }

  // A changed mask means that old runs can no longer be resumed with the same bits.
  @Test
  void keeps_ofKnownSeeds_neverChanges() {
    StringBuilder mask = new StringBuilder();
    for (int c = 0; c < 32; c++) {
      mask.append(DropoutMask.keeps(42, c, 0.5) ? '1' : '0');
    }
    assertThat(mask).hasToString("10010000001000110010000010101000");
  }
}
