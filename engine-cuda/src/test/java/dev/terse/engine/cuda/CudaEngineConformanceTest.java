package dev.terse.engine.cuda;

import dev.terse.engine.Engine;
import dev.terse.testkit.EngineConformance;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;

/**
 * The suite that every engine must pass: on a GPU where there is one, and everywhere with the
 * kernels on the CPU. There scores and logits get little room, so that even small shapes take
 * several blocks and chunks.
 */
class CudaEngineConformanceTest {
  private static final double FLOAT32 = 0x1.0p-24;
  private static final double BFLOAT16 = 0x1.0p-8;
  private static final long LITTLE_ROOM = 64 << 10;

  @Nested
  class OnTheCpu extends EngineConformance {
    @Override
    protected Engine newEngine() {
      return onTheCpu(false);
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
      return onTheCpu(true);
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
      return onAGpu(false);
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
      return onAGpu(true);
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
      return new CudaEngine(CudaDevice.open(false), false, LITTLE_ROOM);
    }

    @Override
    protected double unitRoundoff() {
      return FLOAT32;
    }
  }

  private static Engine onTheCpu(boolean bfloat16) {
    String missing = HostDevice.missing();
    Assumptions.assumeTrue(missing == null, missing);
    return new CudaEngine(new HostDevice(), bfloat16, LITTLE_ROOM);
  }

  private static Engine onAGpu(boolean bfloat16) {
    assumeGpu();
    return new CudaEngine(bfloat16);
  }

  private static void assumeGpu() {
    String missing = CudaLibraries.missing();
    Assumptions.assumeTrue(missing == null, () -> "no GPU here: " + missing);
  }
}
