package dev.terse.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.numbers.Storage;
import dev.terse.engine.reference.ReferenceEngine;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training with moments of fewer bits goes where training with all bits goes. */
class CompactMomentsTest {
  private static final int WEIGHTS = 8192;
  private static final int UPDATES = 200;

  private final Engine engine = new ReferenceEngine();

  @AfterEach
  void close() {
    engine.close();
  }

  /**
   * Linear regression with a sample of one row an update: w towards w*, inputs of scales from 1 to
   * 1e-3 (so second moments span six decades within a block), noisy targets.
   *
   * @return mean squared distance from w*, weighted by the inputs' scales, over that at the start
   */
  private double loss(Storage ofM, Storage ofV) {
    try (Tensor w = engine.allocate(WEIGHTS);
        Tensor gradient = engine.allocate(WEIGHTS);
        Tensor m = engine.allocate(ofM, WEIGHTS);
        Tensor v = engine.allocate(ofV, WEIGHTS)) {
      double[] values = new double[WEIGHTS];
      for (int step = 1; step <= UPDATES; step++) {
        double[] at = w.toDoubles();
        for (int i = 0; i < WEIGHTS; i++) {
          long seed = SeedTree.at(3, "sample", step, i);
          values[i] = scale(i) * (at[i] - target(i) + SeedTree.gaussian(seed));
        }
        gradient.setDoubles(values);
        AdamW update =
            new AdamW(
                0.02 * (1 - (step - 1.0) / UPDATES),
                0.9,
                0.999,
                1e-8,
                0,
                step,
                1,
                SeedTree.at(3, "moments", step));
        engine.adamW(update, w, gradient, m, v);
      }
      double[] end = w.toDoubles();
      double distance = 0;
      double first = 0;
      for (int i = 0; i < WEIGHTS; i++) {
        distance += Math.pow(end[i] - target(i), 2);
        first += Math.pow(target(i), 2);
      }
      return distance / first;
    }
  }

  private static double target(int i) {
    return SeedTree.gaussian(SeedTree.at(3, "target", i));
  }

  private static double scale(int i) {
    return Math.pow(10, -3 * SeedTree.uniform(SeedTree.at(3, "scale", i)));
  }

  @ParameterizedTest
  @CsvSource({"BFLOAT16, BFLOAT16, 0.01", "INT8, UINT8, 0.05"})
  void loss_after200Updates_isThatOfFullMoments(Storage m, Storage v, double bound) {
    double full = loss(Storage.FULL, Storage.FULL);
    double compact = loss(m, v);
    System.out.printf(Locale.ROOT, "loss over its start: full %.5f, %s %.5f%n", full, m, compact);
    assertThat(full).as("full learns").isLessThan(0.3);
    assertThat(Math.abs(compact - full) / full).isLessThan(bound);
  }

  @Test
  void bfloat16_constantGradient_vReachesItsLimit() {
    // Rounded to nearest, v would stop where an update is less than half a step: at 0.23 of g².
    try (Tensor w = engine.allocate(64);
        Tensor gradient = engine.allocate(64);
        Tensor m = engine.allocate(Storage.BFLOAT16, 64);
        Tensor v = engine.allocate(Storage.BFLOAT16, 64)) {
      double[] ones = new double[64];
      Arrays.fill(ones, 1);
      gradient.setDoubles(ones);
      for (int step = 1; step <= 3000; step++) {
        engine.adamW(new AdamW(0, 0.9, 0.999, 1e-8, 0, step, 1, step), w, gradient, m, v);
      }
      double mean = Arrays.stream(v.toDoubles()).average().orElseThrow();
      assertThat(mean).isBetween(0.92, 0.98); // 1 - 0.999^3000 = 0.950
    }
  }

  @Test
  void uint8_rowThatIsSeldomMet_doesNotJump() {
    // One element's gradient is ten thousand times its neighbours'; theirs then stay away. A v that
    // had become 0 would divide their m.
    int size = 256;
    try (Tensor w = engine.allocate(size);
        Tensor gradient = engine.allocate(size);
        Tensor m = engine.allocate(Storage.INT8, size);
        Tensor v = engine.allocate(Storage.UINT8, size)) {
      double[] values = new double[size];
      Arrays.fill(values, 1e-4);
      values[0] = 1;
      double rate = 1e-3;
      for (int step = 1; step <= 30; step++) {
        gradient.setDoubles(values);
        engine.adamW(new AdamW(rate, 0.9, 0.999, 1e-8, 0, step, 1, 0), w, gradient, m, v);
        Arrays.fill(values, 1, size, 0);
      }
      for (double moved : w.toDoubles()) {
        assertThat(Math.abs(moved)).isLessThan(30 * rate);
      }
    }
  }
}
