package dev.terse.engine.nd4j;

import dev.terse.engine.Engine;
import dev.terse.testkit.EngineConformance;
import org.junit.jupiter.api.Nested;

/** Both kernel choices pass the suite that every engine must pass. */
class Nd4jEngineConformanceTest {
  private static final double FLOAT32 = 0x1.0p-24;

  @Nested
  class WithHeapKernels extends EngineConformance {
    @Override
    protected Engine newEngine() {
      return new Nd4jEngine(KernelChoice.HEAP, 2);
    }

    @Override
    protected double unitRoundoff() {
      return FLOAT32;
    }
  }

  @Nested
  class WithArrayKernels extends EngineConformance {
    @Override
    protected Engine newEngine() {
      return new Nd4jEngine(KernelChoice.ARRAYS, 2);
    }

    @Override
    protected double unitRoundoff() {
      return FLOAT32;
    }
  }
}
