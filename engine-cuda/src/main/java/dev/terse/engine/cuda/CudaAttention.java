package dev.terse.engine.cuda;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Qkv;
import dev.terse.engine.Segments;
import dev.terse.engine.cuda.device.Arguments;
import dev.terse.engine.cuda.device.Device;
import dev.terse.engine.cuda.device.Matmul;
import dev.terse.engine.cuda.device.Matmul.Operand;
import dev.terse.engine.cuda.device.Scratch;
import dev.terse.engine.numbers.NumberType;
import dev.terse.engine.spi.SeenRows;
import java.util.function.Consumer;

/**
 * Causal grouped-query attention by blocks of queries; a block sees the keys up to its own end, so
 * N×N scores never exist.
 *
 * <p>Heads are first taken apart, q [N, H*D] into [K, N*G, D], so that the query heads of one
 * key-value head are neighbouring rows and a block of them is one matmul for each key-value head.
 * Scores of a block are [K, queries*G, keys]. The backward computes the probabilities again.
 */
final class CudaAttention {
  /** Queries of a block, at most: larger ones waste work above the diagonal. */
  private static final int MOST_QUERIES = 512;

  private final Device device;
  private final RowKernels kernels;
  private final NumberType type;
  private final long scratchBytes;

  /**
   * @param type what matmuls read
   * @param scratchBytes what the scores of a block may take, if a block of one query does not take
   *     more
   */
  CudaAttention(Device device, RowKernels kernels, NumberType type, long scratchBytes) {
    this.device = device;
    this.kernels = kernels;
    this.type = type;
    this.scratchBytes = scratchBytes;
  }

  void forward(Qkv<CudaTensor> in, Segments segments, AttentionShape shape, CudaTensor out) {
    try (CudaArena arena = new CudaArena(device, null);
        Scratch scratch = new Scratch(device)) {
      SeenRows<CudaTensor> seen = new SeenRows<>(segments, kernels, arena::floats);
      Heads queries = apart(in.q(), shape, scratch);
      Heads keys = apart(seen.of(in.k()), shape, scratch);
      Heads values = apart(seen.of(in.v()), shape, scratch);
      Heads outs = floats(out, shape, scratch);
      blocks(
          segments,
          seen.segments(),
          shape,
          block -> {
            try (Scratch own = new Scratch(device)) {
              Scores p = block.scores(own);
              block.probabilities(queries, keys, p);
              block.multiply(p.operand(), block.seen(values), block.queries(outs), 1, 0);
            }
          });
      join(outs, out);
    }
  }

  void backward(
      Qkv<CudaTensor> in,
      Segments segments,
      AttentionShape shape,
      CudaTensor dOut,
      Qkv<CudaTensor> gradients) {
    try (CudaArena arena = new CudaArena(device, null);
        Scratch scratch = new Scratch(device)) {
      SeenRows<CudaTensor> seen = new SeenRows<>(segments, kernels, arena::floats);
      CudaTensor dSeenKeys = seen.gradients(gradients.k());
      CudaTensor dSeenValues = seen.gradients(gradients.v());
      Heads queries = apart(in.q(), shape, scratch);
      Heads keys = apart(seen.of(in.k()), shape, scratch);
      Heads values = apart(seen.of(in.v()), shape, scratch);
      Heads dOuts = apart(dOut, shape, scratch);
      Heads dQueries = floats(gradients.q(), shape, scratch);
      Heads dKeys = cleared(floats(dSeenKeys, shape, scratch));
      Heads dValues = cleared(floats(dSeenValues, shape, scratch));
      blocks(
          segments,
          seen.segments(),
          shape,
          block -> {
            try (Scratch own = new Scratch(device)) {
              Scores p = block.scores(own);
              Scores d = block.scores(own);
              Operand dBlock = block.queries(dOuts);
              block.probabilities(queries, keys, p);
              block.multiply(dBlock, block.seen(values).transpose(), d.floats(), 1, 0);
              block.multiply(p.operand().transpose(), dBlock, block.seen(dValues), 1, 1);
              block.softmaxBackward(p, d);
              double scale = shape.scale();
              block.multiply(d.operand(), block.seen(keys), block.queries(dQueries), scale, 0);
              block.multiply(
                  d.operand().transpose(), block.queries(queries), block.seen(dKeys), scale, 1);
            }
          });
      join(dQueries, gradients.q());
      join(dKeys, dSeenKeys);
      join(dValues, dSeenValues);
      seen.addUp(dSeenKeys, gradients.k());
      seen.addUp(dSeenValues, gradients.v());
    }
  }

  /**
   * Rows taken apart by key-value heads, [K, rows, width].
   *
   * @param width channels of a row: D, or G*D
   */
  private record Heads(NumberType type, long address, int parts, int rows, int width) {

    long size() {
      return (long) parts * rows * width;
    }

    /** Rows {@code from} to {@code from + count} of every part, as rows of D channels. */
    Operand operand(int from, int count, int dim) {
      int group = width / dim;
      long at = address + (long) from * width * type.bytes();
      return new Operand(type, at, count * group, dim, dim, (long) rows * width);
    }
  }

  /** The heads of a tensor apart, as matmuls read them. */
  private Heads apart(CudaTensor x, AttentionShape shape, Scratch scratch) {
    int width = x.rowSize() / shape.kvHeads();
    boolean rounds = type == NumberType.BFLOAT16;
    long address = rounds ? scratch.bfloat16s(x.size()) : scratch.floats(x.size());
    Heads heads = new Heads(type, address, shape.kvHeads(), x.rows(), width);
    kernels.splitHeads(x, address, rounds, heads.parts(), width);
    return heads;
  }

  /** Memory for the heads of a result. */
  private static Heads floats(CudaTensor like, AttentionShape shape, Scratch scratch) {
    int width = like.rowSize() / shape.kvHeads();
    long address = scratch.floats(like.size());
    return new Heads(NumberType.FLOAT32, address, shape.kvHeads(), like.rows(), width);
  }

  private Heads cleared(Heads heads) {
    device.clear(heads.address(), heads.size() * Float.BYTES);
    return heads;
  }

  private void join(Heads heads, CudaTensor out) {
    kernels.joinHeads(heads.address(), out, heads.parts(), heads.width());
  }

  /**
   * Numbers of a block's scores.
   *
   * @param floats 32-bit floats
   * @param operand the same as matmuls read them
   */
  private record Scores(Operand floats, Operand operand) {

    /** Where the rounded ones lie, 0 where there are none. */
    long rounded() {
      return operand.type() == NumberType.BFLOAT16 ? operand.address() : 0;
    }
  }

  private void blocks(
      Segments segments, Segments seen, AttentionShape shape, Consumer<Block> work) {
    for (int s = 0; s < segments.count(); s++) {
      long scoresOfQuery = (long) shape.heads() * segments.seenLength(s) * Float.BYTES;
      int step = (int) Math.max(1, Math.min(MOST_QUERIES, scratchBytes / scoresOfQuery));
      for (int from = 0; from < segments.length(s); from += step) {
        int queries = Math.min(step, segments.length(s) - from);
        work.accept(
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

    Scores scores(Scratch scratch) {
      long count = (long) shape.heads() * queries * keys;
      Operand floats = scores(NumberType.FLOAT32, scratch.floats(count));
      return new Scores(
          floats, type == NumberType.FLOAT32 ? floats : scores(type, scratch.bfloat16s(count)));
    }

    private Operand scores(NumberType of, long address) {
      int rows = queries * shape.group();
      return new Operand(of, address, rows, keys, keys, (long) rows * keys);
    }

    /** The queries' rows, [K] of [queries*G, D]. */
    Operand queries(Heads heads) {
      return heads.operand(query, queries, shape.headDim());
    }

    /** Keys or values that are seen, [K] of [keys, D]. */
    Operand seen(Heads heads) {
      return heads.operand(key, keys, shape.headDim());
    }

    /** {@code c = alpha a b + beta c} for each key-value head. */
    void multiply(Operand a, Operand b, Operand c, double alpha, double beta) {
      device.multiply(new Matmul(shape.kvHeads(), a, b, c, alpha, beta));
    }

    void probabilities(Heads queryHeads, Heads keyHeads, Scores p) {
      multiply(queries(queryHeads), seen(keyHeads).transpose(), p.floats(), shape.scale(), 0);
      kernels.rows(
          "causalSoftmax",
          shape.heads() * queries,
          keys,
          new Arguments()
              .address(p.floats().address())
              .address(p.rounded())
              .integer(queries)
              .integer(shape.group())
              .integer(before)
              .integer(keys));
    }

    /** Overwrites the gradient of the probabilities by that of the scores. */
    void softmaxBackward(Scores p, Scores d) {
      kernels.rows(
          "causalSoftmaxBackward",
          shape.heads() * queries,
          keys,
          new Arguments()
              .address(p.floats().address())
              .address(d.floats().address())
              .address(d.rounded())
              .integer(queries)
              .integer(shape.group())
              .integer(before)
              .integer(keys));
    }
  }
}
