package dev.terse.engine.cuda;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Segments;
import dev.terse.engine.cuda.Product.Operand;
import java.util.function.IntConsumer;

/**
 * Causal grouped-query attention by blocks of queries; a block sees the keys up to its own end, so
 * N×N scores never exist.
 *
 * <p>Products read the heads where they lie in [N, H*D]: query head {@code g} of every group is one
 * batch over the key-value heads. Scores of a block are [G, K, queries, keys]. The backward
 * computes the probabilities again; the query heads of a group add to dk and dv one after another.
 */
final class CudaAttention {
  /** Queries of a block, at most: larger ones waste work above the diagonal. */
  private static final int MOST_QUERIES = 512;

  private final Device device;
  private final RowKernels kernels;
  private final NumberType type;
  private final long scratchBytes;

  /**
   * @param type what products read
   * @param scratchBytes what the scores of a block may take, if a block of one query does not take
   *     more
   */
  CudaAttention(Device device, RowKernels kernels, NumberType type, long scratchBytes) {
    this.device = device;
    this.kernels = kernels;
    this.type = type;
    this.scratchBytes = scratchBytes;
  }

  void forward(
      CudaTensor q,
      CudaTensor k,
      CudaTensor v,
      Segments segments,
      AttentionShape shape,
      CudaTensor out) {
    SeenRows seen = new SeenRows(kernels, segments);
    try (CudaArena arena = new CudaArena(device, null)) {
      CudaTensor keys = seen.of(k, arena);
      CudaTensor values = seen.of(v, arena);
      blocks(
          segments,
          seen.segments(),
          shape,
          block -> {
            try (Scratch scratch = new Scratch(device)) {
              long scores = scratch.floats(block.scores());
              block.probabilities(q, keys, scores);
              block.eachOfGroup(
                  g ->
                      device.multiply(
                          block.product(
                              block.scores(scores, g),
                              block.seen(values),
                              block.queries(out, g),
                              1,
                              0)));
            }
          });
    }
  }

  void backward(
      CudaTensor q,
      CudaTensor k,
      CudaTensor v,
      Segments segments,
      AttentionShape shape,
      CudaTensor dOut,
      CudaTensor dq,
      CudaTensor dk,
      CudaTensor dv) {
    SeenRows seen = new SeenRows(kernels, segments);
    try (CudaArena arena = new CudaArena(device, null)) {
      CudaTensor keys = seen.of(k, arena);
      CudaTensor values = seen.of(v, arena);
      CudaTensor dKeys = seen.gradients(dk, arena, device);
      CudaTensor dValues = seen.gradients(dv, arena, device);
      blocks(
          segments,
          seen.segments(),
          shape,
          block -> {
            try (Scratch scratch = new Scratch(device)) {
              long p = scratch.floats(block.scores());
              long slopes = scratch.floats(block.scores());
              block.probabilities(q, keys, p);
              block.eachOfGroup(
                  g -> {
                    Operand slope = block.queries(dOut, g);
                    device.multiply(
                        block.product(
                            slope, block.seen(values).transpose(), block.scores(slopes, g), 1, 0));
                    device.multiply(
                        block.product(
                            block.scores(p, g).transpose(), slope, block.seen(dValues), 1, 1));
                  });
              block.softmaxBackward(p, slopes);
              block.eachOfGroup(
                  g -> {
                    Operand dScores = block.scores(slopes, g);
                    device.multiply(
                        block.product(
                            dScores, block.seen(keys), block.queries(dq, g), shape.scale(), 0));
                    device.multiply(
                        block.product(
                            dScores.transpose(),
                            block.queries(q, g),
                            block.seen(dKeys),
                            shape.scale(),
                            1));
                  });
            }
          });
      seen.addUp(dKeys, dk, device);
      seen.addUp(dValues, dv, device);
    }
  }

  private interface BlockWork {
    void run(Block block);
  }

  private void blocks(Segments segments, Segments seen, AttentionShape shape, BlockWork work) {
    for (int s = 0; s < segments.count(); s++) {
      long scoresOfQuery = (long) shape.heads() * segments.seenLength(s) * Float.BYTES;
      int step = (int) Math.max(1, Math.min(MOST_QUERIES, scratchBytes / scoresOfQuery));
      for (int from = 0; from < segments.length(s); from += step) {
        int queries = Math.min(step, segments.length(s) - from);
        work.run(
            new Block(
                shape,
                segments.start(s) + from,
                queries,
                seen.start(s),
                segments.prefixLength(s) + from));
      }
    }
  }

  /** Some queries of a segment and the keys that they see. */
  private final class Block {
    private final AttentionShape shape;
    private final int query;
    private final int queries;
    private final int key;
    private final int before;
    private final int keys;

    /**
     * @param query row of the first query
     * @param key row of the first key that is seen
     * @param before keys before the first query's own
     */
    Block(AttentionShape shape, int query, int queries, int key, int before) {
      this.shape = shape;
      this.query = query;
      this.queries = queries;
      this.key = key;
      this.before = before;
      this.keys = before + queries;
    }

    /** Number of scores. */
    long scores() {
      return (long) shape.heads() * queries * keys;
    }

    void eachOfGroup(IntConsumer work) {
      for (int g = 0; g < shape.group(); g++) {
        work.accept(g);
      }
    }

    /** Overwrites {@code scores} [G, K, queries, keys] by probabilities. */
    void probabilities(CudaTensor q, CudaTensor seenKeys, long scores) {
      eachOfGroup(
          g ->
              device.multiply(
                  product(
                      queries(q, g),
                      seen(seenKeys).transpose(),
                      scores(scores, g),
                      shape.scale(),
                      0)));
      kernels.rows(
          "causalSoftmax",
          shape.heads() * queries,
          keys,
          new Arguments().address(scores).integer(queries).integer(before).integer(keys));
    }

    /** Overwrites the slopes of the probabilities by those of the scores. */
    void softmaxBackward(long p, long slopes) {
      kernels.rows(
          "causalSoftmaxBackward",
          shape.heads() * queries,
          keys,
          new Arguments()
              .address(p)
              .address(slopes)
              .integer(queries)
              .integer(before)
              .integer(keys));
    }

    /** A product for each key-value head. */
    Product product(Operand a, Operand b, Operand c, double alpha, double beta) {
      return new Product(shape.kvHeads(), a, b, c, alpha, beta);
    }

    /** Head {@code g} of every group, [K] of [queries, D]. */
    Operand queries(CudaTensor x, int g) {
      int dim = shape.headDim();
      return heads(x, query, queries, g * dim, shape.group() * dim);
    }

    /** The keys or values that are seen, [K] of [keys, D]. */
    Operand seen(CudaTensor x) {
      return heads(x, key, keys, 0, shape.headDim());
    }

    /** Heads of some rows, the first from a column on, the next {@code step} columns further. */
    private Operand heads(CudaTensor x, int firstRow, int rows, int column, int step) {
      int stride = x.rowSize();
      long at = x.address() + ((long) firstRow * stride + column) * Float.BYTES;
      return new Operand(type, at, rows, shape.headDim(), stride, step, false);
    }

    /** Scores of head {@code g} of every group, [K] of [queries, keys]. */
    Operand scores(long address, int g) {
      long size = (long) queries * keys;
      long at = address + g * shape.kvHeads() * size * Float.BYTES;
      return new Operand(type, at, queries, keys, keys, size, false);
    }
  }
}
