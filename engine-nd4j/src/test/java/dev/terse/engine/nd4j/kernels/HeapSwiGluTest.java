package dev.terse.engine.nd4j.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HeapSwiGluTest {

  @Test
  void sigmoid_allMagnitudes_isWithinThreeTenMillionths() {
    double worst = 0;
    for (float x = -200; x <= 200; x += 0.00371f) {
      worst = Math.max(worst, Math.abs(HeapSwiGlu.sigmoid(x) - 1 / (1 + Math.exp(-x))));
    }
    System.out.println("sigmoid, worst error: " + worst);
    assertThat(worst).isLessThan(3e-7);
  }

  @Test
  void sigmoid_notANumber_survives() {
    assertThat(HeapSwiGlu.sigmoid(Float.NaN)).isNaN();
    assertThat(HeapSwiGlu.sigmoid(Float.POSITIVE_INFINITY)).isCloseTo(1f, within(3e-7f));
  }
}
