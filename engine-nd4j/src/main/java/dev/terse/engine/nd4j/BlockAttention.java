package dev.terse.engine.nd4j;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Segments;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Causal grouped-query attention by blocks of queries; a block sees the keys up to its own end.
 *
 * <p>The query heads of one key-value head are neighbouring rows of one matrix ({@code row = query
 * * group + head}), so one product serves the group and its keys are read once. Heads are first
 * taken apart (q [N, H*D] becomes [K, N*G, D]), because products want contiguous operands. A
 * block's scores are [block*G, keys], never N×N. The backward computes the probabilities again.
 *
 * <p>Blocks are claimed by whoever is free: each writes memory of its own, so the bits do not
 * depend on who did it.
 */
final class BlockAttention {
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

  private final Crew crew;
  private final RowKernels rows;
  private final Operands operands;

  BlockAttention(Crew crew, RowKernels rows, Operands operands) {
    this.crew = crew;
    this.rows = rows;
    this.operands = operands;
  }

  void forward(
      Nd4jTensor q,
      Nd4jTensor k,
      Nd4jTensor v,
      Segments segments,
      AttentionShape shape,
      Nd4jTensor out) {
    int n = segments.tokens();
    int kvHeads = shape.kvHeads();
    int group = shape.group();
    int dim = shape.headDim();
    int step = block(group);
    try (ChunkPool.Frame own = crew.scratch(0)) {
      Matrix queries = operands.parts(own, q, kvHeads, dim);
      Matrix keys = operands.parts(own, k, kvHeads, dim);
      Matrix values = operands.parts(own, v, kvHeads, dim);
      Nd4jTensor outputs = own.floats(kvHeads * n * group, dim);
      Nd4jTensor[] scores = perWorker(own, longest(segments), group);
      List<Runner> tasks = new ArrayList<>();
      for (int s = 0; s < segments.count(); s++) {
        int start = segments.start(s);
        for (int from = last(segments.length(s), step); from >= 0; from -= step) {
          int first = from;
          int end = Math.min(from + step, segments.length(s));
          for (int head = 0; head < kvHeads; head++) {
            int token = head * n + start;
            tasks.add(
                worker -> {
                  NativeCalls calls = crew.calls(worker);
                  int from0 = (token + first) * group;
                  int to0 = (token + end) * group;
                  Nd4jTensor x = scores(scores[worker], (end - first) * group, end);
                  calls.productTransposed(
                      queries.rows(from0, to0),
                      keys.rows(token, token + end),
                      Matrix.of(x),
                      shape.scale(),
                      0);
                  rows.maskFuture(x, end - first, group);
                  try (ChunkPool.Frame inner = crew.scratch(worker)) {
                    Matrix p = probabilities(inner, x);
                    calls.softmax(Matrix.of(x), p);
                    calls.product(
                        p, values.rows(token, token + end), Matrix.rows(outputs, from0, to0), 1, 0);
                  }
                });
          }
        }
      }
      runAll(tasks);
      operands.join(outputs, kvHeads, out);
    }
  }

  void backward(
      Nd4jTensor q,
      Nd4jTensor k,
      Nd4jTensor v,
      Segments segments,
      AttentionShape shape,
      Nd4jTensor dOut,
      Nd4jTensor dq,
      Nd4jTensor dk,
      Nd4jTensor dv) {
    int n = segments.tokens();
    int kvHeads = shape.kvHeads();
    int group = shape.group();
    int dim = shape.headDim();
    int step = block(group);
    try (ChunkPool.Frame own = crew.scratch(0)) {
      Matrix queries = operands.parts(own, q, kvHeads, dim);
      Matrix keys = operands.parts(own, k, kvHeads, dim);
      Matrix values = operands.parts(own, v, kvHeads, dim);
      Matrix slopes = operands.parts(own, dOut, kvHeads, dim);
      Nd4jTensor dQueries = own.floats(kvHeads * n * group, dim);
      Nd4jTensor dKeys = own.floats(LANES * kvHeads * n, dim);
      Nd4jTensor dValues = own.floats(LANES * kvHeads * n, dim);
      rows.clear(dKeys);
      rows.clear(dValues);
      int longest = longest(segments);
      Nd4jTensor[] scores = perWorker(own, longest, group);
      Nd4jTensor[] probabilities = perWorker(own, longest, group);
      Nd4jTensor[] dProbabilities = perWorker(own, longest, group);
      List<Runner> tasks = new ArrayList<>();
      for (int s = 0; s < segments.count(); s++) {
        int start = segments.start(s);
        int length = segments.length(s);
        for (int lane = 0; lane < LANES; lane++) {
          for (int head = 0; head < kvHeads; head++) {
            int token = head * n + start;
            int sumToken = (lane * kvHeads + head) * n + start;
            int firstBlock = lane * step;
            tasks.add(
                worker -> {
                  NativeCalls calls = crew.calls(worker);
                  for (int first = firstBlock; first < length; first += LANES * step) {
                    int end = Math.min(first + step, length);
                    int from0 = (token + first) * group;
                    int to0 = (token + end) * group;
                    int count = (end - first) * group;
                    Matrix query = queries.rows(from0, to0);
                    Matrix key = keys.rows(token, token + end);
                    Matrix value = values.rows(token, token + end);
                    Matrix slope = slopes.rows(from0, to0);
                    Nd4jTensor x = scores(scores[worker], count, end);
                    Matrix p = Matrix.of(scores(probabilities[worker], count, end));
                    Matrix dp = Matrix.of(scores(dProbabilities[worker], count, end));
                    calls.productTransposed(query, key, Matrix.of(x), shape.scale(), 0);
                    rows.maskFuture(x, end - first, group);
                    calls.softmax(Matrix.of(x), p);
                    calls.productTransposed(slope, value, dp, 1, 0);
                    try (ChunkPool.Frame inner = crew.scratch(worker)) {
                      calls.transposedProduct(
                          operands.of(worker, inner, p),
                          slope,
                          Matrix.rows(dValues, sumToken, sumToken + end),
                          1,
                          1);
                      Matrix dx = probabilities(inner, x);
                      calls.softmaxBackward(Matrix.of(x), p, dp, dx);
                      calls.product(dx, key, Matrix.rows(dQueries, from0, to0), shape.scale(), 0);
                      calls.transposedProduct(
                          dx,
                          query,
                          Matrix.rows(dKeys, sumToken, sumToken + end),
                          shape.scale(),
                          1);
                    }
                  }
                });
          }
        }
      }
      runAll(tasks);
      operands.join(dQueries, kvHeads, dq);
      join(dKeys, kvHeads * n, kvHeads, dk);
      join(dValues, kvHeads * n, kvHeads, dv);
    }
  }

  /** One block of queries, or one lane of blocks. */
  private interface Runner {
    void run(int worker);
  }

  private void runAll(List<Runner> tasks) {
    AtomicInteger next = new AtomicInteger();
    crew.workers()
        .all(
            worker -> {
              for (int t = next.getAndIncrement(); t < tasks.size(); t = next.getAndIncrement()) {
                tasks.get(t).run(worker);
              }
            });
  }

  private void join(Nd4jTensor lanes, int laneRows, int kvHeads, Nd4jTensor out) {
    Nd4jTensor sum = lanes.rowsView(0, laneRows);
    for (int lane = 1; lane < LANES; lane++) {
      rows.add(lanes.rowsView(lane * laneRows, (lane + 1) * laneRows), 1, sum);
    }
    operands.join(sum, kvHeads, out);
  }

  /** Memory for what products read, as large as the scores. */
  private Matrix probabilities(ChunkPool.Frame own, Nd4jTensor scores) {
    return operands.type() == NumberType.FLOAT32
        ? Matrix.of(own.floats(scores.shape()))
        : own.halves(scores.rows(), scores.rowSize());
  }

  private Nd4jTensor[] perWorker(ChunkPool.Frame own, int longest, int group) {
    Nd4jTensor[] out = new Nd4jTensor[crew.count()];
    for (int i = 0; i < out.length; i++) {
      out[i] = own.floats(Math.min(block(group), longest) * group, longest);
    }
    return out;
  }

  private static Nd4jTensor scores(Nd4jTensor memory, int rows, int keys) {
    return Nd4jTensor.view(memory.block(), memory.offset(), rows, keys);
  }

  private static int longest(Segments segments) {
    int longest = 0;
    for (int s = 0; s < segments.count(); s++) {
      longest = Math.max(longest, segments.length(s));
    }
    return longest;
  }

  /** Queries of a block. */
  private static int block(int group) {
    return Math.max(1, BLOCK_ROWS / group / BLOCK_STEP) * BLOCK_STEP;
  }

  /** First query of the last block of {@code step} queries. */
  private static int last(int length, int step) {
    return (length - 1) / step * step;
  }
}
