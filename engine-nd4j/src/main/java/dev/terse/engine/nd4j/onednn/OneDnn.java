package dev.terse.engine.nd4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.terse.engine.numbers.NumberType;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.javacpp.Loader;

/**
 * oneDNN's library in this process: whether it is there, what it can do on this processor, and its
 * one CPU engine. What it can do is asked of the library itself, by making the primitives.
 */
public final class OneDnn {
  /** System property: how many primitives each thread retains. */
  public static final String PRIMITIVES_PROPERTY = "terse.nd4j.primitives";

  private static final String UNLOADED = load();
  private static final dnnl_engine ENGINE = UNLOADED == null ? newEngine() : null;
  private static final String MISSING = UNLOADED == null ? missingKernels() : UNLOADED;

  private OneDnn() {}

  /** Whether the library was loaded and has the kernels that the engine's promises rest on. */
  public static boolean isAvailable() {
    return MISSING == null;
  }

  /**
   * Checks {@link #PRIMITIVES_PROPERTY}.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public static void requirePrimitives() {
    if (OneDnnPrimitives.retained() < 1) {
      throw new IllegalArgumentException(
          PRIMITIVES_PROPERTY
              + " must be 1 or more, the primitives that a thread retains, was "
              + OneDnnPrimitives.retained());
    }
  }

  /** What is missing where {@link #isAvailable} is false; null if it is true. */
  public static String missing() {
    return MISSING;
  }

  static dnnl_engine engine() {
    return ENGINE;
  }

  /**
   * Throws for a status that is not success.
   *
   * @param what was asked for
   * @throws UnsupportedOperationException if oneDNN has no such thing on this processor
   */
  static void require(int status, String what) {
    if (status == dnnl_unimplemented) {
      throw new UnsupportedOperationException(
          "oneDNN does not offer "
              + what
              + " on this processor; set bf16: false, or -Dterse.nd4j.kernels=heap");
    }
    if (status != dnnl_success) {
      throw new IllegalStateException("oneDNN: status " + status + " from " + what);
    }
  }

  private static String load() {
    try {
      Loader.load(org.bytedeco.dnnl.global.dnnl.class);
      return null;
    } catch (LinkageError e) {
      return "oneDNN's library for this platform (org.bytedeco:dnnl), which could not be loaded: "
          + e;
    }
  }

  private static String missingKernels() {
    return OneDnnBrgemm.isServed(NumberType.FLOAT32)
        ? null
        : "oneDNN's brgemm kernels, which need a processor with AVX2";
  }

  private static dnnl_engine newEngine() {
    dnnl_engine engine = new dnnl_engine();
    require(dnnl_engine_create(engine, dnnl_cpu, 0), "dnnl_engine_create");
    // Its own cache, which threads share, would keep what no thread retains any more.
    require(
        dnnl_set_primitive_cache_capacity(Math.max(0, OneDnnPrimitives.retained())),
        "dnnl_set_primitive_cache_capacity");
    return engine;
  }
}
