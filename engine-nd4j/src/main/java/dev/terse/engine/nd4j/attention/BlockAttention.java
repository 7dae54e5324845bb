package dev.terse.engine.nd4j.attention;

import static dev.terse.engine.nd4j.calls.NativeCalls.Form.AB;
import static dev.terse.engine.nd4j.calls.NativeCalls.Form.ABT;
import static dev.terse.engine.nd4j.calls.NativeCalls.Form.ATB;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Qkv;
import dev.terse.engine.Segments;
import dev.terse.engine.nd4j.calls.NativeCalls;
import dev.terse.engine.nd4j.calls.ThreadTeam;
import dev.terse.engine.nd4j.kernels.Operands;
import dev.terse.engine.nd4j.kernels.RowKernels;
import dev.terse.engine.nd4j.memory.ChunkPool;
import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.nd4j.memory.Nd4jTensor;
import dev.terse.engine.spi.SeenRows;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;

/**
 * Causal grouped-query attention by blocks of queries.
 *
 * <p>What: for each segment and key-value head the queries are cut into blocks. A block sees the
 * keys up to its own end, so its scores are [block*G, keys] and N×N scores never exist. With S the
 * scores, P = softmax(S), O = P V and dO given, the backward computes S and P again and
 *
 * <pre>
 *   dV += Pᵀ dO,   dP = dO Vᵀ,   dS = P ∘ (dP - rowsum(P ∘ dP)),   dQ = dS K,   dK += dSᵀ Q
 * </pre>
 *
 * <p>How: heads are first taken apart, q [N, H*D] into [K, N*G, D], because matmuls want contiguous
 * operands. The query heads of one key-value head are then neighbouring rows ({@code row = query *
 * G + head}), so one matmul serves the group and its keys are read once. What a segment sees lies
 * in one piece ({@link SeenRows}); queries are not repeated. A block is a value, {@link
 * QueryBlock}.
 *
 * <p>Threads take the next block that is free. Each writes memory of its own, so bits do not depend
 * on who did it: a block of the forward its rows of the output; a {@link Lane} of the backward,
 * every second block of a segment and head, its own sums of dK and dV.
 *
 * <p>Why not FlashAttention's tiles over keys too (Dao, arXiv 2307.08691): all keys of a block's
 * scores fit a CPU's cache, so the softmax needs no running maximum and is oneDNN's own, and each
 * matmul is large enough for oneDNN's kernels. Taken from there: nothing but inputs is saved for
 * the backward, which costs one matmul more.
 */
public final class BlockAttention {
  /**
   * Rows of a block's scores, about: a block has as many queries as fill them with their group of
   * heads. Larger blocks leave the cache and waste work above the diagonal, smaller ones waste
   * calls.
   */
  private static final int BLOCK_ROWS = 192;

  /** Queries of a block are a multiple of it. */
  private static final int BLOCK_STEP = 16;

  /** Independent sums of dk and dv for each segment and head, whatever the number of threads. */
  private static final int LANES = 2;

  private final ThreadTeam team;
  private final RowKernels rows;
  private final Operands operands;

  public BlockAttention(ThreadTeam team, RowKernels rows, Operands operands) {
    this.team = team;
    this.rows = rows;
    this.operands = operands;
  }

  /**
   * Some queries of one segment and key-value head, and the keys that they see, as ranges of rows
   * of operands whose heads are apart.
   *
   * @param query first row of the queries, in [K*N*G, D]
   * @param rows theirs: queries times the group
   * @param queries number of queries
   * @param key first row of keys and values, in [K*M, D]
   * @param sum the same in the sums of a lane, in [lanes*K*M, D]
   * @param keys number of keys
   */
  private record QueryBlock(int query, int rows, int queries, int key, int sum, int keys) {

    Matrix queries(Matrix ofHeads) {
      return ofHeads.rows(query, query + rows);
    }

    /** Keys or values that are seen. */
    Matrix seen(Matrix ofHeads) {
      return ofHeads.rows(key, key + keys);
    }

    Matrix sums(Matrix ofLanes) {
      return ofLanes.rows(sum, sum + keys);
    }
  }

  /** Every {@link #LANES}-th block of a segment and head. */
  private record Lane(int segment, int head, int index) {}

  /** What both directions begin with: the inputs with their heads apart. */
  private final class Pass {
    private final Segments segments;
    private final SeenRows<Nd4jTensor> seen;
    private final AttentionShape shape;
    private final ChunkPool.Frame own;
    private final Matrix queries; // [K*N*G, D]
    private final Matrix keys; // [K*M, D]
    private final Matrix values; // [K*M, D]

    Pass(Qkv<Nd4jTensor> in, Segments segments, AttentionShape shape, ChunkPool.Frame own) {
      this.segments = segments;
      this.seen = new SeenRows<>(segments, rows, own::floats);
      this.shape = shape;
      this.own = own;
      this.queries = apart(in.q());
      this.keys = apart(seen.of(in.k()));
      this.values = apart(seen.of(in.v()));
    }

    Matrix apart(Nd4jTensor x) {
      return operands.parts(own, x, shape.kvHeads(), shape.headDim());
    }

    /** Memory for [rows, D] of every key-value head. */
    Nd4jTensor floats(int rowsOfHead) {
      return own.floats(shape.kvHeads() * rowsOfHead, shape.headDim());
    }

    int seenTokens() {
      return seen.segments().tokens();
    }

    /** Queries of a block. */
    int step() {
      return Math.max(1, BLOCK_ROWS / shape.group() / BLOCK_STEP) * BLOCK_STEP;
    }

    /** The block of a lane that begins at query {@code first} of its segment. */
    QueryBlock block(Lane lane, int first) {
      int s = lane.segment;
      int end = Math.min(first + step(), segments.length(s));
      int token = lane.head * segments.tokens() + segments.start(s);
      int key = lane.head * seenTokens() + seen.segments().start(s);
      int sum = lane.index * shape.kvHeads() * seenTokens() + key;
      int count = end - first;
      return new QueryBlock(
          (token + first) * shape.group(),
          count * shape.group(),
          count,
          key,
          sum,
          segments.prefixLength(s) + end);
    }

    /** Memory for the scores of the largest block, for each worker. */
    Nd4jTensor[] scoresOfWorkers() {
      Segments all = seen.segments();
      int longest = IntStream.range(0, all.count()).map(all::length).max().orElseThrow();
      Nd4jTensor[] out = new Nd4jTensor[team.count()];
      for (int i = 0; i < out.length; i++) {
        out[i] = own.floats(Math.min(step(), longest) * shape.group(), longest);
      }
      return out;
    }

    /**
     * Fills {@code scores} by {@code scale * Q Kᵀ}, minus infinity where a key is in the future.
     */
    void score(int worker, QueryBlock block, Nd4jTensor scores) {
      team.calls(worker)
          .matmul(
              ABT, block.queries(queries), block.seen(keys), Matrix.of(scores), shape.scale(), 0);
      rows.maskFuture(scores, block.queries, shape.group());
    }
  }

  /**
   * The heads' outputs for packed segments; G = H / K.
   *
   * @param in q [N, H*D], k and v [N, K*D]
   * @param out overwritten, [N, H*D]
   */
  public void forward(Qkv<Nd4jTensor> in, Segments segments, AttentionShape shape, Nd4jTensor out) {
    try (ChunkPool.Frame own = team.scratch(0)) {
      Pass pass = new Pass(in, segments, shape, own);
      Nd4jTensor outputs = pass.floats(segments.tokens() * shape.group());
      Nd4jTensor[] scores = pass.scoresOfWorkers();
      List<QueryBlock> blocks = new ArrayList<>();
      for (int s = 0; s < segments.count(); s++) {
        // The last blocks see the most keys: first, so that no thread is left with one at the end.
        for (int first = last(segments.length(s), pass.step()); first >= 0; first -= pass.step()) {
          for (int head = 0; head < shape.kvHeads(); head++) {
            blocks.add(pass.block(new Lane(s, head, 0), first));
          }
        }
      }
      share(blocks, (block, worker) -> forward(pass, block, worker, scores[worker], outputs));
      operands.join(outputs, shape.kvHeads(), out);
    }
  }

  private void forward(
      Pass pass, QueryBlock block, int worker, Nd4jTensor memory, Nd4jTensor outputs) {
    NativeCalls calls = team.calls(worker);
    Nd4jTensor scores = scores(memory, block);
    pass.score(worker, block, scores);
    try (ChunkPool.Frame inner = team.scratch(worker)) {
      Matrix p = operands.empty(inner, block.rows, block.keys);
      calls.softmax(Matrix.of(scores), p);
      calls.matmul(
          AB,
          operands.rounded(worker, p),
          block.seen(pass.values),
          block.queries(Matrix.of(outputs)),
          1,
          0);
    }
  }

  /**
   * The gradients of the inputs; scores and probabilities are computed again.
   *
   * @param in as {@link #forward} had it
   * @param dOut gradient of the output, [N, H*D]
   * @param gradients overwritten, shaped as {@code in}
   */
  public void backward(
      Qkv<Nd4jTensor> in,
      Segments segments,
      AttentionShape shape,
      Nd4jTensor dOut,
      Qkv<Nd4jTensor> gradients) {
    try (ChunkPool.Frame own = team.scratch(0)) {
      Pass pass = new Pass(in, segments, shape, own);
      Backward backward = new Backward(pass, dOut);
      List<Lane> lanes = new ArrayList<>();
      for (int s = 0; s < segments.count(); s++) {
        for (int index = 0; index < LANES; index++) {
          for (int head = 0; head < shape.kvHeads(); head++) {
            lanes.add(new Lane(s, head, index));
          }
        }
      }
      share(lanes, backward::run);
      operands.join(backward.dQueries, shape.kvHeads(), gradients.q());
      join(pass, backward.dKeys, gradients.k());
      join(pass, backward.dValues, gradients.v());
    }
  }

  private final class Backward {
    private final Pass pass;
    private final Matrix dOuts; // [K*N*G, D]
    private final Nd4jTensor dQueries; // [K*N*G, D]
    private final Nd4jTensor dKeys; // [lanes*K*M, D]
    private final Nd4jTensor dValues; // [lanes*K*M, D]
    private final Nd4jTensor[] scores;
    private final Nd4jTensor[] probabilities;
    private final Nd4jTensor[] dProbabilities;

    Backward(Pass pass, Nd4jTensor dOut) {
      this.pass = pass;
      this.dOuts = pass.apart(dOut);
      this.dQueries = pass.floats(pass.segments.tokens() * pass.shape.group());
      this.dKeys = pass.floats(LANES * pass.seenTokens());
      this.dValues = pass.floats(LANES * pass.seenTokens());
      rows.clear(dKeys);
      rows.clear(dValues);
      this.scores = pass.scoresOfWorkers();
      this.probabilities = pass.scoresOfWorkers();
      this.dProbabilities = pass.scoresOfWorkers();
    }

    void run(Lane lane, int worker) {
      int length = pass.segments.length(lane.segment);
      for (int first = lane.index * pass.step(); first < length; first += LANES * pass.step()) {
        run(pass.block(lane, first), worker);
      }
    }

    private void run(QueryBlock block, int worker) {
      NativeCalls calls = team.calls(worker);
      double scale = pass.shape.scale();
      Matrix dBlock = block.queries(dOuts);
      Nd4jTensor s = scores(scores[worker], block);
      Matrix p = Matrix.of(scores(probabilities[worker], block));
      Matrix dp = Matrix.of(scores(dProbabilities[worker], block));
      pass.score(worker, block, s);
      calls.softmax(Matrix.of(s), p);
      calls.matmul(ABT, dBlock, block.seen(pass.values), dp, 1, 0);
      try (ChunkPool.Frame inner = team.scratch(worker)) {
        Matrix rounded = operands.of(worker, inner, p);
        calls.matmul(ATB, rounded, dBlock, block.sums(Matrix.of(dValues)), 1, 1);
        Matrix ds = operands.empty(inner, block.rows, block.keys);
        calls.softmaxBackward(Matrix.of(s), p, dp, ds);
        operands.rounded(worker, ds);
        calls.matmul(AB, ds, block.seen(pass.keys), block.queries(Matrix.of(dQueries)), scale, 0);
        Matrix query = block.queries(pass.queries);
        calls.matmul(ATB, ds, query, block.sums(Matrix.of(dKeys)), scale, 1);
      }
    }
  }

  /** Does all the work, each piece by the next worker that is free. */
  private <W> void share(List<W> work, ObjIntConsumer<W> run) {
    AtomicInteger next = new AtomicInteger();
    team.threads()
        .all(
            worker -> {
              for (int t = next.getAndIncrement(); t < work.size(); t = next.getAndIncrement()) {
                run.accept(work.get(t), worker);
              }
            });
  }

  /** Adds up the lanes, then what all who see a row of {@code out} found for it. */
  private void join(Pass pass, Nd4jTensor lanes, Nd4jTensor out) {
    int laneRows = pass.shape.kvHeads() * pass.seenTokens();
    Nd4jTensor sum = lanes.rowsView(0, laneRows);
    for (int lane = 1; lane < LANES; lane++) {
      rows.add(lanes.rowsView(lane * laneRows, (lane + 1) * laneRows), 1, sum);
    }
    Nd4jTensor joined = pass.seen.gradients(out);
    operands.join(sum, pass.shape.kvHeads(), joined);
    pass.seen.addUp(joined, out);
  }

  private static Nd4jTensor scores(Nd4jTensor memory, QueryBlock block) {
    return Nd4jTensor.view(memory.block(), memory.offset(), block.rows, block.keys);
  }

  /** First query of the last block of {@code step} queries. */
  private static int last(int length, int step) {
    return (length - 1) / step * step;
  }
}
