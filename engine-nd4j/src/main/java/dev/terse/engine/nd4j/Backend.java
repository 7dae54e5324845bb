package dev.terse.engine.nd4j;

import dev.terse.engine.nd4j.calls.ArrayCalls;
import dev.terse.engine.nd4j.calls.NativeCalls;
import dev.terse.engine.nd4j.calls.PointerCalls;
import dev.terse.engine.nd4j.kernels.PackedWeights;
import dev.terse.engine.nd4j.memory.Memory;
import dev.terse.engine.nd4j.onednn.OneDnn;
import dev.terse.engine.nd4j.onednn.OneDnnBfloat16;
import dev.terse.engine.nd4j.onednn.OneDnnCalls;
import dev.terse.engine.numbers.NumberType;
import java.util.Arrays;
import java.util.Locale;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The one place that decides what serves on the ND4J backend that was loaded.
 *
 * <p>On a CPU every engine thread calls native code with one OpenMP thread and the work is split
 * here, in Java: OpenMP's own threads spin between calls and starve Java workers (a softmax of 2 ms
 * was seen to take 30-110 ms), and a split by rows is as fast.
 *
 * @param host whether array memory can be addressed by the host
 * @param kernels what serves the operations
 * @param matmuls the numbers that matmuls read
 * @param threads threads of the engine, the caller included
 */
record Backend(boolean host, KernelChoice kernels, NumberType matmuls, int threads) {

  /** Forces a {@link KernelChoice}, in any case of letters. */
  static final String KERNELS_PROPERTY = "terse.nd4j.kernels";

  /** Number of threads; all processors if absent. */
  static final String THREADS_PROPERTY = "terse.nd4j.threads";

  /** What the system properties ask for, or else what suits the backend best. */
  static Backend detect(NumberType matmuls) {
    String kernels = System.getProperty(KERNELS_PROPERTY);
    int threads = Integer.getInteger(THREADS_PROPERTY, Runtime.getRuntime().availableProcessors());
    return detect(kernels == null ? best() : parsed(kernels), matmuls, threads);
  }

  static Backend detect(KernelChoice kernels, NumberType matmuls, int threads) {
    boolean cpu = onCpu();
    if (kernels.usesHostPointers() && !cpu) {
      throw new IllegalArgumentException(
          setting(kernels)
              + " needs a CPU backend of ND4J, loaded is "
              + Nd4j.getBackend().getClass().getSimpleName()
              + "; use arrays");
    }
    if (kernels == KernelChoice.ONEDNN && !OneDnn.isAvailable()) {
      throw new IllegalArgumentException(
          setting(kernels) + " needs " + OneDnn.missing() + "; use heap");
    }
    if (matmuls == NumberType.BFLOAT16 && kernels != KernelChoice.ONEDNN) {
      throw new IllegalArgumentException(
          "bf16 needs "
              + (OneDnn.isAvailable()
                  ? "oneDNN, but " + setting(kernels) + " leaves it out"
                  : OneDnn.missing())
              + "; set bf16: false"
              + (OneDnn.isAvailable() ? ", or " + setting(KernelChoice.ONEDNN) : ""));
    }
    OneDnn.requirePrimitives();
    if (threads < 1) {
      throw new IllegalArgumentException(THREADS_PROPERTY + " must be 1 or more, was " + threads);
    }
    return new Backend(cpu, kernels, matmuls, cpu ? threads : 1);
  }

  /** How the operands of matmuls lie in memory. */
  NumberType operands() {
    return matmuls == NumberType.BFLOAT16 && !OneDnnBfloat16.isServed()
        ? NumberType.FLOAT32
        : matmuls;
  }

  /** Whether tensors are reached through host pointers; the array kernels never do. */
  boolean hostPointers() {
    return kernels.usesHostPointers();
  }

  /** Whether weights are put in oneDNN's order for decoding. */
  boolean packs() {
    return kernels == KernelChoice.ONEDNN
        && Boolean.parseBoolean(System.getProperty(PackedWeights.PROPERTY, "true"));
  }

  /** The native memory of a new engine. */
  Memory newMemory() {
    return new Memory(hostPointers() ? Memory.Access.HOST : Memory.Access.ARRAYS);
  }

  /** New call frames for one thread. */
  NativeCalls newCalls() {
    return switch (kernels) {
      case ONEDNN -> new OneDnnCalls();
      case HEAP -> new PointerCalls();
      case ARRAYS -> new ArrayCalls();
    };
  }

  /** Makes native calls of the current thread run on this thread alone; oneDNN's too. */
  void bindCurrentThread() {
    if (host) {
      NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    }
  }

  String description() {
    return String.format(
        Locale.ROOT,
        "nd4j %s, %s, %d thread%s, %s",
        Nd4j.getBackend().getClass().getSimpleName(),
        matmuls == NumberType.FLOAT32 ? "float32" : "bfloat16 matmuls" + inFloat32(),
        threads,
        threads == 1 ? "" : "s",
        switch (kernels) {
          case ONEDNN -> "matmuls by oneDNN, the rest by Java loops over heap rows";
          case HEAP -> "matmuls by ND4J, the rest by Java loops over heap rows" + rowsDiffer();
          case ARRAYS -> "ND4J array operations" + rowsDiffer();
        });
  }

  private static String rowsDiffer() {
    return "; the last digits of a sequence may depend on its batch";
  }

  private String inFloat32() {
    return operands() == matmuls
        ? ""
        : " (rounded, computed in float32 for want of instructions: slower and larger than float32)";
  }

  private static KernelChoice best() {
    if (!onCpu()) {
      return KernelChoice.ARRAYS;
    }
    return OneDnn.isAvailable() ? KernelChoice.ONEDNN : KernelChoice.HEAP;
  }

  private static KernelChoice parsed(String text) {
    String name = text.trim().toUpperCase(Locale.ROOT);
    return Arrays.stream(KernelChoice.values())
        .filter(choice -> choice.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    KERNELS_PROPERTY + " must be onednn, heap or arrays, was '" + text + "'"));
  }

  private static String setting(KernelChoice kernels) {
    return KERNELS_PROPERTY + "=" + kernels.name().toLowerCase(Locale.ROOT);
  }

  private static boolean onCpu() {
    return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
  }
}
