package dev.terse.engine.cuda.device;

import static org.bytedeco.cuda.global.nvrtc.NVRTC_SUCCESS;
import static org.bytedeco.cuda.global.nvrtc.nvrtcCompileProgram;
import static org.bytedeco.cuda.global.nvrtc.nvrtcCreateProgram;
import static org.bytedeco.cuda.global.nvrtc.nvrtcDestroyProgram;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetCUBIN;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetCUBINSize;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetErrorString;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetProgramLog;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetProgramLogSize;

import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** CUDA C++ to machine code, by NVIDIA's run-time compiler. */
final class KernelCompiler {
  private KernelCompiler() {}

  /**
   * @param architecture such as {@code sm_90}
   * @return machine code, which belongs to the caller
   * @throws IllegalStateException with the compiler's log if the source has errors
   */
  static BytePointer compile(String source, String architecture) {
    _nvrtcProgram program = new _nvrtcProgram();
    try (BytePointer text = new BytePointer(source);
        BytePointer name = new BytePointer("terse.cu");
        PointerPointer<BytePointer> options =
            new PointerPointer<>("--gpu-architecture=" + architecture, "--std=c++17")) {
      check(
          "nvrtcCreateProgram",
          nvrtcCreateProgram(
              program, text, name, 0, (PointerPointer<?>) null, (PointerPointer<?>) null));
      int code = nvrtcCompileProgram(program, 2, options);
      if (code != NVRTC_SUCCESS) {
        throw new IllegalStateException("the kernels do not compile: " + log(program));
      }
      try (SizeTPointer size = new SizeTPointer(1L)) {
        check("nvrtcGetCUBINSize", nvrtcGetCUBINSize(program, size));
        BytePointer machineCode = new BytePointer(size.get());
        check("nvrtcGetCUBIN", nvrtcGetCUBIN(program, machineCode));
        return machineCode;
      }
    } finally {
      nvrtcDestroyProgram(program);
    }
  }

  private static String log(_nvrtcProgram program) {
    try (SizeTPointer size = new SizeTPointer(1L)) {
      check("nvrtcGetProgramLogSize", nvrtcGetProgramLogSize(program, size));
      try (BytePointer text = new BytePointer(size.get())) {
        check("nvrtcGetProgramLog", nvrtcGetProgramLog(program, text));
        return text.getString();
      }
    }
  }

  private static void check(String call, int code) {
    if (code != NVRTC_SUCCESS) {
      throw new IllegalStateException(
          "NVRTC: " + nvrtcGetErrorString(code).getString() + ", told by " + call);
    }
  }
}
