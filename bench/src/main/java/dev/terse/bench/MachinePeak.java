package dev.terse.bench;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What the machine can do at most, measured: the roofline.
 *
 * @param gigaflops 10^9 floating-point operations a second of the engine's best large matmul, in
 *     its own number type
 * @param gigabytes 10^9 bytes a second that a copy by all processors reads and writes together
 */
record MachinePeak(double gigaflops, double gigabytes) {
  /** Rows, columns and depth of the matmuls: square, and as the feed-forward has them. */
  private static final int[][] MATMULS = {{2048, 2048, 2048}, {2048, 1536, 576}, {768, 2304, 768}};

  private static final long NANOS_PER_MATMUL = 500_000_000;
  private static final int COPIES = 12;
  private static final int COPIED_BYTES = 128 << 20; // by each processor; far beyond its cache

  static MachinePeak measure(Engine engine) {
    return new MachinePeak(matmul(engine), copy());
  }

  private static double matmul(Engine engine) {
    double best = 0;
    try (Arena arena = engine.arena()) {
      for (int[] shape : MATMULS) {
        try (Arena scratch = arena.open()) {
          Tensor x = scratch.zeros(shape[0], shape[2]);
          Tensor w = scratch.zeros(shape[1], shape[2]);
          Tensor out = scratch.floats(shape[0], shape[1]);
          double flop = 2.0 * shape[0] * shape[1] * shape[2];
          long until = System.nanoTime() + NANOS_PER_MATMUL;
          while (System.nanoTime() < until) {
            long start = System.nanoTime();
            engine.linear(x, w, null, out);
            best = Math.max(best, flop / (System.nanoTime() - start));
          }
        }
      }
    }
    return best;
  }

  private static double copy() {
    int processors = Runtime.getRuntime().availableProcessors();
    ByteBuffer[] from = buffers(processors);
    ByteBuffer[] to = buffers(processors);
    double best = 0;
    for (int repeat = 0; repeat < COPIES; repeat++) {
      long start = System.nanoTime();
      IntStream.range(0, processors)
          .parallel()
          .forEach(i -> to[i].put(0, from[i], 0, COPIED_BYTES));
      best = Math.max(best, 2.0 * processors * COPIED_BYTES / (System.nanoTime() - start));
    }
    return best;
  }

  private static ByteBuffer[] buffers(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> ByteBuffer.allocateDirect(COPIED_BYTES))
        .toArray(ByteBuffer[]::new);
  }

  /**
   * Four cells of a Markdown row: 10^9 operations a second and the share of the peak, 10^9 bytes a
   * second and the share of a copy; empty where the count is 0.
   */
  String rates(double flop, double bytes, double seconds) {
    return cells(flop, seconds, gigaflops) + " | " + cells(bytes, seconds, gigabytes);
  }

  private static String cells(double count, double seconds, double peak) {
    double rate = count / seconds / 1e9;
    return count > 0
        ? String.format(Locale.ROOT, "%8.1f | %5.0f %%", rate, 100 * rate / peak)
        : String.format(Locale.ROOT, "%8s | %7s", "", "");
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "machine peak, measured: matmuls %.0f GFLOP/s, copy %.1f GB/s (read and written)",
        gigaflops,
        gigabytes);
  }
}
