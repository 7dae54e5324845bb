package dev.terse.engine.cuda.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernels compile for every card of today, where NVIDIA's compiler and driver library are. */
class KernelCompilerTest {

  @BeforeAll
  static void needsTheCompiler() {
    try {
      Loader.load(nvrtc.class);
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) { // the latter when tried before
      Assumptions.abort("no libnvrtc here: " + e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_100", "sm_120"})
  void compile_forACard_givesMachineCode(String architecture) {
    try (BytePointer code = KernelCompiler.compile(KernelSource.all(), architecture)) {
      assertThat(code.capacity()).isGreaterThan(10_000);
    }
  }

  @Test
  void compile_wrongSource_tellsFileAndLine() {
    assertThatThrownBy(
            () ->
                KernelCompiler.compile(KernelSource.all() + "#line 7 \"x.cu\"\nnonsense", "sm_90"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the kernels do not compile: ")
        .hasMessageContaining("x.cu(7)");
  }
}
