package dev.terse.engine.cuda.device;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.cuda.CudaEngine;
import dev.terse.engine.numbers.NumberType;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What a machine is told that cannot serve. */
class CudaDeviceTest {

  @Test
  void capability_ofAnOldCard_isRefusedWithTheRemedy() {
    assertThatThrownBy(() -> CudaDevice.requireCapability("Tesla V100", 70, NumberType.FLOAT32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "engine: cuda needs a card of compute capability 7.5 or more, Tesla V100 has 7.0;"
                + " docs/cuda.md tells of older cards");
    assertThatThrownBy(() -> CudaDevice.requireCapability("T4", 75, NumberType.BFLOAT16))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "engine: cuda needs a card of compute capability 8.0 or more for bf16: true, T4 has"
                + " 7.5; set bf16: false");
    assertThatCode(() -> CudaDevice.requireCapability("T4", 75, NumberType.FLOAT32))
        .doesNotThrowAnyException();
  }

  @Test
  void engine_withoutAGpu_tellsWhatIsMissing() {
    String missing = CudaLibraries.missing();
    Assumptions.assumeTrue(missing != null, "there is a GPU here");
    assertThatThrownBy(() -> new CudaEngine(NumberType.FLOAT32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "engine: cuda needs an NVIDIA GPU, its driver, and CUDA's libraries")
        .hasMessageContaining(missing)
        .hasMessageEndingWith("; engine: nd4j computes on the CPU");
  }
}
