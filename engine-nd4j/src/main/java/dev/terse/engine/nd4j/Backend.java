package dev.terse.engine.nd4j;

import java.util.Locale;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The one place that decides which kernels serve on the ND4J backend that was loaded.
 *
 * <p>On a CPU every engine thread calls ND4J with one OpenMP thread and the work is split here, in
 * Java: OpenMP's own threads spin between calls and starve Java workers (a softmax of 2 ms was seen
 * to take 30-110 ms), and a split by rows is as fast.
 *
 * @param host whether array memory can be addressed by the host
 * @param oneDnn whether oneDNN serves the products
 * @param kernels what serves the rest
 * @param threads threads of the engine, the caller included
 */
record Backend(boolean host, boolean oneDnn, KernelChoice kernels, int threads) {

  /** Forces a {@link KernelChoice}, in any case of letters. */
  static final String KERNELS_PROPERTY = "terse.nd4j.kernels";

  /** Number of threads; all processors if absent. */
  static final String THREADS_PROPERTY = "terse.nd4j.threads";

  /** What the system properties ask for, or else what suits the backend best. */
  static Backend detect() {
    String kernels = System.getProperty(KERNELS_PROPERTY);
    int threads = Integer.getInteger(THREADS_PROPERTY, Runtime.getRuntime().availableProcessors());
    if (kernels != null) {
      return detect(KernelChoice.valueOf(kernels.trim().toUpperCase(Locale.ROOT)), threads);
    }
    return detect(onCpu() ? KernelChoice.HEAP : KernelChoice.ARRAYS, threads);
  }

  static Backend detect(KernelChoice kernels, int threads) {
    boolean cpu = onCpu();
    if (kernels == KernelChoice.HEAP && !cpu) {
      throw new IllegalArgumentException(
          KERNELS_PROPERTY
              + "=heap needs a CPU backend of ND4J, loaded is "
              + Nd4j.getBackend().getClass().getSimpleName()
              + "; use arrays");
    }
    if (threads < 1) {
      throw new IllegalArgumentException(THREADS_PROPERTY + " must be 1 or more, was " + threads);
    }
    return new Backend(cpu, cpu && usesOneDnn(), kernels, cpu ? threads : 1);
  }

  /** Whether tensors are reached through host pointers; the array kernels never do. */
  boolean hostPointers() {
    return host && kernels == KernelChoice.HEAP;
  }

  /** Makes ND4J calls of the current thread run on this thread alone. */
  void bindCurrentThread() {
    if (host) {
      NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    }
  }

  String description() {
    return String.format(
        Locale.ROOT,
        "nd4j %s, float32, %d thread%s, products by %s, the rest by %s",
        Nd4j.getBackend().getClass().getSimpleName(),
        threads,
        threads == 1 ? "" : "s",
        !host ? "cuBLAS" : oneDnn ? "oneDNN" : "BLAS (not the -onednn build of nd4j-native)",
        kernels == KernelChoice.HEAP ? "Java loops over heap rows" : "ND4J array operations");
  }

  private static boolean onCpu() {
    return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
  }

  /** Reflective, because the class exists in nd4j-native only and nd4j-cuda must compile too. */
  private static boolean usesOneDnn() {
    try {
      Class<?> type = Class.forName("org.nd4j.linalg.cpu.nativecpu.bindings.Nd4jCpu$Environment");
      Object environment = type.getMethod("getInstance").invoke(null);
      return (Boolean) type.getMethod("isUseONEDNN").invoke(environment);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this release of nd4j-native does not tell its libraries", e);
    }
  }
}
