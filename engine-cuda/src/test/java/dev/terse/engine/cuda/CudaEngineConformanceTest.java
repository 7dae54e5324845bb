package dev.terse.engine.cuda;

import dev.terse.engine.Engine;
import dev.terse.engine.cuda.device.CudaDevice;
import dev.terse.engine.cuda.device.CudaLibraries;
import dev.terse.engine.cuda.device.HostDevice;
import dev.terse.engine.numbers.NumberType;
import dev.terse.testkit.conformance.EngineConformance;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;

/**
 * The suite that every engine must pass: on a GPU where there is one, and everywhere with the
 * kernels on the CPU. There scores and logits get little memory, so that even small shapes take
 * several blocks and chunks.
 */
class CudaEngineConformanceTest {
  private static final double FLOAT32 = 0x1.0p-24;
  private static final double BFLOAT16 = 0x1.0p-8;
  private static final long LITTLE_SCRATCH = 64 << 10;

  @Nested
  class OnTheCpu extends EngineConformance {
    @Override
    protected Engine newEngine() {
      return onTheCpu(NumberType.FLOAT32);
    }

    @Override
    protected double unitRoundoff() {
      return FLOAT32;
    }
  }

  @Nested
  class OnTheCpuWithBfloat16 extends EngineConformance {
    @Override
    protected Engine newEngine() {
      return onTheCpu(NumberType.BFLOAT16);
    }

    @Override
    protected double unitRoundoff() {
      return BFLOAT16;
    }
  }

  @Nested
  class OnAGpu extends EngineConformance {
    @Override
    protected Engine newEngine() {
      return onAGpu(NumberType.FLOAT32);
    }

    @Override
    protected double unitRoundoff() {
      return FLOAT32;
    }
  }

  @Nested
  class OnAGpuWithBfloat16 extends EngineConformance {
    @Override
    protected Engine newEngine() {
      return onAGpu(NumberType.BFLOAT16);
    }

    @Override
    protected double unitRoundoff() {
      return BFLOAT16;
    }
  }

  @Nested
  class OnAGpuInSmallPieces extends EngineConformance {
    @Override
    protected Engine newEngine() {
      assumeGpu();
      return new CudaEngine(
          CudaDevice.open(NumberType.FLOAT32), NumberType.FLOAT32, LITTLE_SCRATCH);
    }

    @Override
    protected double unitRoundoff() {
      return FLOAT32;
    }
  }

  private static Engine onTheCpu(NumberType matmuls) {
    String missing = HostDevice.missing();
    Assumptions.assumeTrue(missing == null, missing);
    return new CudaEngine(new HostDevice(), matmuls, LITTLE_SCRATCH);
  }

  private static Engine onAGpu(NumberType matmuls) {
    assumeGpu();
    return new CudaEngine(matmuls);
  }

  private static void assumeGpu() {
    String missing = CudaLibraries.missing();
    Assumptions.assumeTrue(missing == null, () -> "no GPU here: " + missing);
  }
}
