package dev.terse.engine.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;
import dev.terse.engine.reference.ReferenceEngine;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MatmulPeakTest {
  private final List<Integer> rows = new ArrayList<>();

  /** An engine whose matmul of 128 rows takes {@code millis} at least, and others in proportion. */
  private Engine slow(Engine engine, long millis) {
    return (Engine)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Engine.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("linear")) {
                int n = ((Tensor) arguments[0]).shape()[0];
                rows.add(n);
                Thread.sleep(millis * (n / 128) * (n / 128) * (n / 128));
                return null;
              }
              try {
                return method.invoke(engine, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** 4 ms, 32 ms; the next would take 256 ms twice. */
  @Test
  void measure_isOfTheTimeOfAMatmul_andStopsBeforeItTakesTooLong() {
    try (Engine engine = new ReferenceEngine()) {
      double peak = MatmulPeak.measure(slow(engine, 4), 0.1);
      assertThat(peak).isPositive().isLessThanOrEqualTo(2.0 * 128 * 128 * 128 / 4e-3);
      assertThat(rows).startsWith(128, 128).doesNotContain(512);
    }
  }

  @Test
  void measure_noTime_stillTellsTheSmallest() {
    try (Engine engine = new ReferenceEngine()) {
      assertThat(MatmulPeak.measure(engine, 0)).isBetween(1e6, 1e13);
      assertThat(MatmulPeak.measure(slow(engine, 3), 0)).isPositive();
      assertThat(rows).containsExactly(128, 128);
    }
  }
}
