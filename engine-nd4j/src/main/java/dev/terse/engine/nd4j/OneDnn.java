package dev.terse.engine.nd4j;

import static org.bytedeco.dnnl.global.dnnl.*;

import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.javacpp.Loader;

/**
 * oneDNN's library in this process: whether it is there, what it makes of the processor, and its
 * one CPU engine.
 */
final class OneDnn {
  private static final String MISSING = load();
  private static final dnnl_engine ENGINE = MISSING == null ? newEngine() : null;

  private OneDnn() {}

  /** Whether the library was loaded. */
  static boolean isAvailable() {
    return MISSING == null;
  }

  /** Why {@link #isAvailable} is false; null if it is true. */
  static String missing() {
    return MISSING;
  }

  static dnnl_engine engine() {
    return ENGINE;
  }

  /**
   * Whether the processor multiplies bfloat16 itself; without it oneDNN widens the numbers first.
   */
  static boolean hasBfloat16Instructions() {
    int needed = dnnl_cpu_isa_avx512_core_bf16;
    return (dnnl_get_effective_cpu_isa() & needed) == needed;
  }

  /**
   * Throws for a status that is not success.
   *
   * @param what was asked for
   */
  static void require(int status, String what) {
    if (status != dnnl_success) {
      throw new IllegalStateException("oneDNN: status " + status + " from " + what);
    }
  }

  private static String load() {
    try {
      Loader.load(org.bytedeco.dnnl.global.dnnl.class);
      return null;
    } catch (LinkageError e) {
      return e.toString();
    }
  }

  private static dnnl_engine newEngine() {
    dnnl_engine engine = new dnnl_engine();
    require(dnnl_engine_create(engine, dnnl_cpu, 0), "dnnl_engine_create");
    return engine;
  }
}
