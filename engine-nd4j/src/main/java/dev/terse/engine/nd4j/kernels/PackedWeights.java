package dev.terse.engine.nd4j.kernels;

import dev.terse.engine.nd4j.calls.ThreadTeam;
import dev.terse.engine.nd4j.memory.Block;
import dev.terse.engine.nd4j.memory.ChunkPool;
import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.nd4j.memory.Nd4jTensor;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Copies of weights in the order in which oneDNN's matmul reads them, for decoding: a matmul of few
 * rows spends as long on putting weights in order as on multiplying, and a rollout uses the same
 * weights hundreds of times. While something is decoded, a copy is made once weights have served a
 * few such matmuls unchanged; it takes as much memory as they do as operands, until the decoding
 * ends, and changes no bit of a result.
 */
public final class PackedWeights implements AutoCloseable {
  /** Set to false to do without the copies and their memory. */
  public static final String PROPERTY = "terse.nd4j.pack";

  /** Matmuls after which a copy pays. */
  private static final int USES = 4;

  /** Output channels of a part are a multiple of it: parts are even, and little is padded. */
  private static final int CHANNEL_STEP = 32;

  private final ThreadTeam team;
  private final Operands operands;

  private final boolean packs;
  private final ChunkPool pool;

  /** By the weights' memory. */
  private final Map<Block, Copy> copies = new WeakHashMap<>();

  private int decodings;

  /**
   * @param packs whether there are copies at all; only where the team's calls are oneDNN's
   */
  public PackedWeights(ThreadTeam team, Operands operands, boolean packs) {
    this.team = team;
    this.operands = operands;
    this.packs = packs;
    this.pool = new ChunkPool(team.chunks());
  }

  /** A decoding begins. */
  public void begin() {
    decodings++;
  }

  /** A decoding has ended; the last one gives back the memory of all copies. */
  public void end() {
    if (--decodings == 0) {
      close();
    }
  }

  @Override
  public void close() {
    copies.clear();
    pool.close();
  }

  /**
   * {@code out} [N, O] {@code = x} [N, I] {@code · w} [O, I]ᵀ, if there is a copy of the weights.
   *
   * @return whether there is
   */
  boolean multiply(Nd4jTensor x, Matrix w, Nd4jTensor out) {
    Block block = w.block();
    if (!packs || decodings == 0 || !block.isOwned() || !w.isWholeBlock()) {
      return false;
    }
    Copy copy = copies.computeIfAbsent(block, b -> new Copy());
    try (ChunkPool.Frame own = team.scratch(0)) {
      if (!copy.isReady(own, w)) {
        return false;
      }
      Matrix input = operands.of(0, own, Matrix.of(x));
      Matrix output = Matrix.of(out);
      team.threads()
          .all(
              worker -> {
                Matrix part = copy.parts[worker];
                int from = from(w.rows(), worker);
                if (part != null) {
                  team.oneDnn(worker)
                      .matmulPacked(input, part, output.columns(from, from + part.rows()));
                }
              });
      return true;
    }
  }

  /** First output channel of a worker's part. */
  private int from(int channels, int worker) {
    int steps = (channels + CHANNEL_STEP - 1) / CHANNEL_STEP;
    return Math.min(channels, steps * worker / team.count() * CHANNEL_STEP);
  }

  /** The copy of one weight tensor, a part for each worker. */
  private final class Copy {
    private final Matrix[] parts = new Matrix[team.count()];
    private boolean placed;
    private long seen = -1;
    private int uses;
    private boolean packed;

    boolean isReady(ChunkPool.Frame own, Matrix w) {
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

    private void pack(ChunkPool.Frame own, Matrix w) {
      Matrix weights = operands.weights(own, w);
      if (!placed) {
        place(weights);
        placed = true;
      }
      team.threads()
          .all(
              worker -> {
                Matrix part = parts[worker];
                if (part != null) {
                  int from = from(weights.rows(), worker);
                  team.oneDnn(worker).pack(weights.rows(from, from + part.rows()), part);
                }
              });
      packed = true;
    }

    private void place(Matrix weights) {
      long[] starts = new long[parts.length + 1];
      for (int worker = 0; worker < parts.length; worker++) {
        int from = from(weights.rows(), worker);
        int to = from(weights.rows(), worker + 1);
        long bytes = from < to ? team.oneDnn(0).packedBytes(weights.rows(from, to)) : 0;
        starts[worker + 1] = starts[worker] + ChunkPool.aligned(bytes / Float.BYTES + 1);
      }
      Nd4jTensor memory = pool.take(Math.toIntExact(starts[parts.length]));
      for (int worker = 0; worker < parts.length; worker++) {
        int count = from(weights.rows(), worker + 1) - from(weights.rows(), worker);
        if (count > 0) {
          long offset = (memory.offset() + starts[worker]) * Float.BYTES / weights.type().bytes();
          int columns = weights.columns();
          parts[worker] =
              new Matrix(memory.block(), offset, count, columns, columns, weights.type());
        }
      }
    }
  }
}
