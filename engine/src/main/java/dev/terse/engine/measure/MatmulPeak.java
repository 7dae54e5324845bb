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
  private static final int TRIES = 6;

  private MatmulPeak() {}

  /**
   * Floating-point operations a second of the best of some square matmuls [n, n] · [n, n]ᵀ, in the
   * engine's own number type. n doubles until the next would take too long; of each the fastest of
   * a few calls counts, since other work on the machine makes single ones slow.
   *
   * @param seconds that it may take; the smallest is measured in any case
   */
  public static double measure(Engine engine, double seconds) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    double best = 0;
    for (int n = SMALLEST; n <= LARGEST; n *= 2) {
      double fastest = fastest(engine, n, end);
      best = Math.max(best, 2.0 * n * n * n / fastest);
      double next = 2 * 8 * fastest; // twice n is eight times the work, once to warm up
      if (System.nanoTime() + next * 1e9 > end) {
        break;
      }
    }
    return best;
  }

  /** Seconds of a call. */
  private static double fastest(Engine engine, int n, long end) {
    try (Arena arena = engine.arena()) {
      Tensor x = arena.zeros(n, n);
      Tensor w = arena.zeros(n, n);
      Tensor out = arena.floats(n, n);
      Tensor mark = arena.zeros(1);
      Runnable call = () -> engine.linear(x, w, null, out);
      seconds(engine, call, 1, mark); // makes what the engine retains for such a matmul
      double fastest = Double.POSITIVE_INFINITY;
      for (int i = 0; i < TRIES && (i == 0 || System.nanoTime() < end); i++) {
        fastest = Math.min(fastest, seconds(engine, call, calls(fastest), mark));
      }
      return fastest;
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
