package dev.terse.engine.cuda.device;

import static org.bytedeco.cuda.global.cudart.cudaGetDeviceCount;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorString;

import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.javacpp.Loader;

/** Whether this machine has what the engine needs, and if not, what is missing. */
public final class CudaLibraries {
  /** Looked for once: a class whose libraries are missing tells why the first time only. */
  private static final String MISSING = find();

  private CudaLibraries() {}

  /**
   * Loads CUDA's libraries.
   *
   * @throws IllegalArgumentException if one is missing or there is no GPU
   */
  static void require() {
    String missing = missing();
    if (missing != null) {
      throw new IllegalArgumentException(
          "engine: cuda needs an NVIDIA GPU, its driver, and CUDA's libraries libcudart,"
              + " libcublas and libnvrtc of version "
              + major()
              + " on the library path, but "
              + missing
              + "; engine: nd4j computes on the CPU");
    }
  }

  /** What is missing; null if nothing is. */
  public static String missing() {
    return MISSING;
  }

  private static String find() {
    try {
      Loader.load(cudart.class);
      Loader.load(cublas.class);
      Loader.load(nvrtc.class);
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      return "a library could not be loaded: " + root(e).getMessage();
    }
    int[] count = new int[1];
    int code = cudaGetDeviceCount(count);
    if (code != 0) {
      return "the driver says: " + cudaGetErrorString(code).getString();
    }
    return count[0] == 0 ? "there is no GPU" : null;
  }

  /** The failure that began it: the loader's own message says only where it looked. */
  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** The CUDA release that the bindings were made for. */
  private static int major() {
    return cudart.CUDART_VERSION / 1000;
  }
}
