package dev.terse.engine.measure;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;

/** How fast an engine's matmuls are where they are large: what a run is held against. */
public final class MatmulPeak {
  private static final int SMALLEST = 128;

  /** 50 MB of operands at most, of pooled memory, which a run goes on with. */
  private static final int LARGEST = 2048;

  /** Calls are timed together where one is too short for the clock, or for a device's start. */
  private static final double SHORT = 2e-3;

  private static final int MOST_CALLS = 16;

  private MatmulPeak() {}

  /**
   * Floating-point operations a second of the best of some square matmuls [n, n] · [n, n]ᵀ, in the
   * engine's own number type. n doubles until the next would take more than {@code seconds} in all;
   * the smallest is measured in any case.
   *
   * @param seconds that it may take, but for the engine's own warm-up
   */
  public static double measure(Engine engine, double seconds) {
    double best = 0;
    double left = seconds;
    for (int n = SMALLEST; n <= LARGEST; n *= 2) {
      double fastest = fastest(engine, n);
      best = Math.max(best, 2.0 * n * n * n / fastest);
      left -= (1 + calls(fastest)) * fastest;
      if (2 * 8 * fastest > left) { // twice n is eight times the work, once to warm up
        break;
      }
    }
    return best;
  }

  /** Seconds of one call. */
  private static double fastest(Engine engine, int n) {
    try (Arena arena = engine.arena()) {
      Tensor x = arena.zeros(n, n);
      Tensor w = arena.zeros(n, n);
      Tensor out = arena.floats(n, n);
      Tensor mark = arena.zeros(1);
      Runnable call = () -> engine.linear(x, w, null, out);
      seconds(engine, call, 1, mark);
      double one = seconds(engine, call, 1, mark);
      return calls(one) == 1 ? one : Math.min(one, seconds(engine, call, calls(one), mark));
    }
  }

  private static int calls(double seconds) {
    return (int) Math.max(1, Math.min(MOST_CALLS, SHORT / seconds));
  }

  /**
   * Seconds of one of {@code calls}.
   *
   * @param mark whose sum is read at the end: a device has then done all before it
   */
  private static double seconds(Engine engine, Runnable call, int calls, Tensor mark) {
    long begun = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      call.run();
    }
    engine.sumOfSquares(mark);
    return Math.max(1, System.nanoTime() - begun) / 1e9 / calls;
  }
}
