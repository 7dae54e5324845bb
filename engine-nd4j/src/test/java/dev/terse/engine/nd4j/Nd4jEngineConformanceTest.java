package dev.terse.engine.nd4j;

import dev.terse.engine.Engine;
import dev.terse.engine.nd4j.onednn.OneDnn;
import dev.terse.engine.numbers.NumberType;
import dev.terse.testkit.conformance.EngineConformance;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;

/** Every choice of kernels passes the suite that every engine must pass. */
class Nd4jEngineConformanceTest {
  private static final double FLOAT32 = 0x1.0p-24;
  private static final double BFLOAT16 = 0x1.0p-8;

  @Nested
  class WithOneDnn extends EngineConformance {
    @Override
    protected Engine newEngine() {
      assumeOneDnn();
      return new Nd4jEngine(KernelChoice.ONEDNN, NumberType.FLOAT32, 2);
    }

    @Override
    protected double unitRoundoff() {
      return FLOAT32;
    }
  }

  @Nested
  class WithOneDnnAndBfloat16 extends EngineConformance {
    @Override
    protected Engine newEngine() {
      assumeOneDnn();
      return new Nd4jEngine(KernelChoice.ONEDNN, NumberType.BFLOAT16, 2);
    }

    @Override
    protected double unitRoundoff() {
      return BFLOAT16;
    }
  }

  @Nested
  class WithHeapKernels extends EngineConformance {
    @Override
    protected Engine newEngine() {
      return new Nd4jEngine(KernelChoice.HEAP, NumberType.FLOAT32, 2);
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
      return new Nd4jEngine(KernelChoice.ARRAYS, NumberType.FLOAT32, 2);
    }

    @Override
    protected double unitRoundoff() {
      return FLOAT32;
    }
  }

  private static void assumeOneDnn() {
    Assumptions.assumeTrue(OneDnn.isAvailable(), () -> "no oneDNN here: " + OneDnn.missing());
  }
}
