package dev.terse.engine.nd4j;

import java.util.Map;
import java.util.WeakHashMap;

/**
 * Copies of weights in the order in which oneDNN's product reads them, for decoding: a product of
 * few rows spends as long on putting weights in order as on multiplying, and a rollout uses the
 * same weights hundreds of times. A copy is made once weights have served a few such products
 * unchanged, takes as much memory as they do as operands, and changes no bit of a result.
 */
final class PackedWeights {
  /** Set to false to do without the copies and their memory. */
  static final String PROPERTY = "terse.nd4j.pack";

  /** Products after which a copy pays. */
  private static final int USES = 4;

  /** Output channels of a part are a multiple of it: parts are even, and little is padded. */
  private static final int CHANNEL_STEP = 32;

  private final Crew crew;
  private final Operands operands;

  /** By the weights' memory; freed with it. */
  private final Map<Block, Copy> copies = new WeakHashMap<>();

  /**
   * @param crew whose calls are oneDNN's
   */
  PackedWeights(Crew crew, Operands operands) {
    this.crew = crew;
    this.operands = operands;
  }

  /**
   * {@code out} [N, O] {@code = x} [N, I] {@code · w} [O, I]ᵀ, if there is a copy of the weights.
   *
   * @return whether there is
   */
  boolean multiply(Nd4jTensor x, Nd4jTensor w, Nd4jTensor out) {
    Block block = w.block();
    if (!block.isKept() || w.size() != block.length()) {
      return false;
    }
    Copy copy = copies.computeIfAbsent(block, b -> new Copy());
    try (ChunkPool.Frame own = crew.scratch(0)) {
      if (!copy.isReady(own, w)) {
        return false;
      }
      Matrix input = operands.of(0, own, Matrix.of(x));
      Matrix output = Matrix.of(out);
      crew.workers()
          .all(
              worker -> {
                Matrix part = copy.parts[worker];
                int from = from(w.rows(), worker);
                if (part != null) {
                  crew.oneDnn(worker)
                      .productPacked(input, part, output.columns(from, from + part.rows()));
                }
              });
      return true;
    }
  }

  /** First output channel of a worker's part. */
  private int from(int channels, int worker) {
    int steps = (channels + CHANNEL_STEP - 1) / CHANNEL_STEP;
    return Math.min(channels, steps * worker / crew.count() * CHANNEL_STEP);
  }

  /** The copy of one weight tensor, a part for each worker. */
  private final class Copy {
    private final Matrix[] parts = new Matrix[crew.count()];
    private Block memory;
    private long seen = -1;
    private int uses;
    private boolean packed;

    boolean isReady(ChunkPool.Frame own, Nd4jTensor w) {
      if (seen != w.block().version()) {
        seen = w.block().version();
        uses = 0;
        packed = false;
      }
      if (!packed && ++uses >= USES) {
        pack(own, w);
      }
      return packed;
    }

    private void pack(ChunkPool.Frame own, Nd4jTensor w) {
      Matrix weights = operands.weights(own, w);
      if (memory == null) {
        place(weights, w.block());
      }
      crew.workers()
          .all(
              worker -> {
                Matrix part = parts[worker];
                if (part != null) {
                  int from = from(weights.rows(), worker);
                  crew.oneDnn(worker).pack(weights.rows(from, from + part.rows()), part);
                }
              });
      packed = true;
    }

    private void place(Matrix weights, Block original) {
      long[] starts = new long[parts.length + 1];
      for (int worker = 0; worker < parts.length; worker++) {
        int from = from(weights.rows(), worker);
        int to = from(weights.rows(), worker + 1);
        long bytes = from < to ? OneDnnCalls.packedBytes(weights.rows(from, to)) : 0;
        starts[worker + 1] = starts[worker] + ChunkPool.aligned(bytes / Float.BYTES + 1);
      }
      memory = original.companion(starts[parts.length]);
      for (int worker = 0; worker < parts.length; worker++) {
        int count = from(weights.rows(), worker + 1) - from(weights.rows(), worker);
        if (count > 0) {
          long offset = starts[worker] * Float.BYTES / weights.type().bytes();
          int columns = weights.columns();
          parts[worker] = new Matrix(memory, offset, count, columns, columns, weights.type());
        }
      }
    }
  }
}
