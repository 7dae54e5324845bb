package dev.terse.engine.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.terse.engine.AdamW;
import dev.terse.engine.Engine;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.Rotary;
import dev.terse.engine.Tensor;
import dev.terse.engine.numbers.NumberType;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** The row kernels work in arrays that are made once. */
class HeapKernelsMemoryTest {
  private static final int ROWS = 64;
  private static final int WIDTH = 576;

  /** Closures and views only; one row alone takes 2,304 bytes. */
  private static final long ALLOWED_BYTES = 1024;

  @Test
  void rowKernels_warm_takeNoHeapForNumbers() {
    AdamW update = new AdamW(1e-3, 0.9, 0.99, 1e-8, 0, 1, 1, 7);
    Rotary rotary = new Rotary(new double[32]);
    int[] positions = new int[ROWS];
    try (Engine engine = new Nd4jEngine(KernelChoice.HEAP, NumberType.FLOAT32, 1);
        Tensor a = engine.allocate(ROWS, WIDTH);
        Tensor b = engine.allocate(ROWS, WIDTH);
        Tensor c = engine.allocate(ROWS, WIDTH);
        Tensor d = engine.allocate(ROWS, WIDTH);
        Tensor e = engine.allocate(ROWS, WIDTH);
        Tensor w = engine.allocate(WIDTH)) {
      assertTakesNothing("copy", () -> engine.copy(a, b));
      assertTakesNothing("clear", () -> engine.clear(a));
      assertTakesNothing("add", () -> engine.add(a, 1, b));
      assertTakesNothing("rmsNorm", () -> engine.rmsNorm(a, w, 1e-5, b));
      assertTakesNothing(
          "rmsNormBackward", () -> engine.rmsNormBackward(a, w, 1e-5, b, c, Write.ADD, w));
      assertTakesNothing("rope", () -> engine.rope(a, positions, rotary));
      assertTakesNothing("swiglu", () -> engine.swiglu(a, b, c));
      assertTakesNothing("swigluBackward", () -> engine.swigluBackward(a, b, c, d, e));
      assertTakesNothing("sumOfSquares", () -> engine.sumOfSquares(a));
      assertTakesNothing("adamW", () -> engine.adamW(update, a, b, c, d));
    }
  }

  private static void assertTakesNothing(String what, Runnable call) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    call.run();
    long before = threads.getThreadAllocatedBytes(self);
    call.run();
    assertThat(threads.getThreadAllocatedBytes(self) - before)
        .as("bytes taken by " + what)
        .isLessThan(ALLOWED_BYTES);
  }
}
