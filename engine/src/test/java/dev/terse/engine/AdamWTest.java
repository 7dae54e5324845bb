package dev.terse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.reference.ReferenceEngine;
import org.junit.jupiter.api.Test;

class AdamWTest {

  @Test
  void corrections_firstStep_areOneMinusBeta() {
    AdamW update = new AdamW(0.1, 0.9, 0.999, 1e-8, 0, 1, 1, 0);
    assertThat(update.correction1()).isCloseTo(0.1, within(1e-15));
    assertThat(update.correction2()).isCloseTo(0.001, within(1e-15));
  }

  @Test
  void corrections_manySteps_reachOne() {
    AdamW update = new AdamW(0.1, 0.9, 0.999, 1e-8, 0, 100_000, 1, 0);
    assertThat(update.correction1()).isEqualTo(1);
    assertThat(update.correction2()).isCloseTo(1, within(1e-12));
  }

  @Test
  void adamW_firstStep_movesByTheLearningRateAgainstTheGradient() {
    try (ReferenceEngine engine = new ReferenceEngine()) {
      Tensor weight = engine.allocate(2);
      Tensor gradient = engine.allocate(2);
      Tensor m = engine.allocate(2);
      Tensor v = engine.allocate(2);
      weight.setDoubles(new double[] {1, 1});
      gradient.setDoubles(new double[] {3, -0.02});
      engine.adamW(new AdamW(0.1, 0.9, 0.999, 0, 0.5, 1, 0.25, 0), weight, gradient, m, v);
      // 1 - lr decay = 0.95; m and v corrected are g and g², so the step is lr sign(g).
      assertThat(weight.toDoubles()[0]).isCloseTo(0.85, within(1e-12));
      assertThat(weight.toDoubles()[1]).isCloseTo(1.05, within(1e-12));
      assertThat(m.toDoubles()[0]).isCloseTo(0.1 * 0.75, within(1e-15));
      assertThat(v.toDoubles()[0]).isCloseTo(0.001 * 0.5625, within(1e-15));
    }
  }
}
