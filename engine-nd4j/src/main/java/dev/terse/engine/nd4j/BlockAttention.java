package dev.terse.engine.nd4j;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Qkv;
import dev.terse.engine.Segments;
import dev.terse.engine.numbers.NumberType;
import dev.terse.engine.spi.SeenRows;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Causal grouped-query attention by blocks of queries; a block sees the keys up to its own end.
 *
 * <p>The query heads of one key-value head are neighbouring rows of one matrix ({@code row = query
 * * group + head}), so one product serves the group and its keys are read once. Heads are first
 * taken apart (q [N, H*D] becomes [K, N*G, D]), because products want contiguous operands. A
 * block's scores are [block*G, keys], never N×N. The backward computes the probabilities again.
 *
 * <p>What a segment sees lies in one piece: where segments have prefixes, keys and values are first
 * written out for each [M, K*D], and the gradients of the copies are added up at the end. Queries
 * are not repeated.
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

  void forward(Qkv<Nd4jTensor> in, Segments segments, AttentionShape shape, Nd4jTensor out) {
    int n = segments.tokens();
    int kvHeads = shape.kvHeads();
    int group = shape.group();
    int dim = shape.headDim();
    int step = block(group);
    try (ChunkPool.Frame own = crew.scratch(0)) {
      SeenRows<Nd4jTensor> seen = new SeenRows<>(segments, rows, own::floats);
      int m = seen.segments().tokens();
      Matrix queries = operands.parts(own, in.q(), kvHeads, dim);
      Matrix keys = operands.parts(own, seen.of(in.k()), kvHeads, dim);
      Matrix values = operands.parts(own, seen.of(in.v()), kvHeads, dim);
      Nd4jTensor outputs = own.floats(kvHeads * n * group, dim);
      Nd4jTensor[] scores = perWorker(own, longest(seen.segments()), group);
      List<Runner> tasks = new ArrayList<>();
      for (int s = 0; s < segments.count(); s++) {
        int start = segments.start(s);
        int seenStart = seen.segments().start(s);
        int before = segments.prefixLength(s);
        for (int from = last(segments.length(s), step); from >= 0; from -= step) {
          int first = from;
          int end = Math.min(from + step, segments.length(s));
          for (int head = 0; head < kvHeads; head++) {
            int token = head * n + start;
            int seenToken = head * m + seenStart;
            int seenEnd = seenToken + before + end;
            tasks.add(
                worker -> {
                  NativeCalls calls = crew.calls(worker);
                  int from0 = (token + first) * group;
                  int to0 = (token + end) * group;
                  Nd4jTensor x = scores(scores[worker], (end - first) * group, before + end);
                  calls.productTransposed(
                      queries.rows(from0, to0),
                      keys.rows(seenToken, seenEnd),
                      Matrix.of(x),
                      shape.scale(),
                      0);
                  rows.maskFuture(x, end - first, group);
                  try (ChunkPool.Frame inner = crew.scratch(worker)) {
                    Matrix p = probabilities(inner, x);
                    calls.softmax(Matrix.of(x), p);
                    operands.rounded(worker, p);
                    calls.product(
                        p, values.rows(seenToken, seenEnd), Matrix.rows(outputs, from0, to0), 1, 0);
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
      Qkv<Nd4jTensor> in,
      Segments segments,
      AttentionShape shape,
      Nd4jTensor dOut,
      Qkv<Nd4jTensor> gradients) {
    int n = segments.tokens();
    int kvHeads = shape.kvHeads();
    int group = shape.group();
    int dim = shape.headDim();
    int step = block(group);
    try (ChunkPool.Frame own = crew.scratch(0)) {
      SeenRows<Nd4jTensor> seen = new SeenRows<>(segments, rows, own::floats);
      int m = seen.segments().tokens();
      Matrix queries = operands.parts(own, in.q(), kvHeads, dim);
      Matrix keys = operands.parts(own, seen.of(in.k()), kvHeads, dim);
      Matrix values = operands.parts(own, seen.of(in.v()), kvHeads, dim);
      Matrix slopes = operands.parts(own, dOut, kvHeads, dim);
      Nd4jTensor dQueries = own.floats(kvHeads * n * group, dim);
      Nd4jTensor dKeys = own.floats(LANES * kvHeads * m, dim);
      Nd4jTensor dValues = own.floats(LANES * kvHeads * m, dim);
      rows.clear(dKeys);
      rows.clear(dValues);
      int longest = longest(seen.segments());
      Nd4jTensor[] scores = perWorker(own, longest, group);
      Nd4jTensor[] probabilities = perWorker(own, longest, group);
      Nd4jTensor[] dProbabilities = perWorker(own, longest, group);
      List<Runner> tasks = new ArrayList<>();
      for (int s = 0; s < segments.count(); s++) {
        int start = segments.start(s);
        int length = segments.length(s);
        int seenStart = seen.segments().start(s);
        int before = segments.prefixLength(s);
        for (int lane = 0; lane < LANES; lane++) {
          for (int head = 0; head < kvHeads; head++) {
            int token = head * n + start;
            int seenToken = head * m + seenStart;
            int sumToken = (lane * kvHeads + head) * m + seenStart;
            int firstBlock = lane * step;
            tasks.add(
                worker -> {
                  NativeCalls calls = crew.calls(worker);
                  for (int first = firstBlock; first < length; first += LANES * step) {
                    int end = Math.min(first + step, length);
                    int from0 = (token + first) * group;
                    int to0 = (token + end) * group;
                    int count = (end - first) * group;
                    int keyCount = before + end;
                    Matrix query = queries.rows(from0, to0);
                    Matrix key = keys.rows(seenToken, seenToken + keyCount);
                    Matrix value = values.rows(seenToken, seenToken + keyCount);
                    Matrix slope = slopes.rows(from0, to0);
                    Nd4jTensor x = scores(scores[worker], count, keyCount);
                    Matrix p = Matrix.of(scores(probabilities[worker], count, keyCount));
                    Matrix dp = Matrix.of(scores(dProbabilities[worker], count, keyCount));
                    calls.productTransposed(query, key, Matrix.of(x), shape.scale(), 0);
                    rows.maskFuture(x, end - first, group);
                    calls.softmax(Matrix.of(x), p);
                    calls.productTransposed(slope, value, dp, 1, 0);
                    try (ChunkPool.Frame inner = crew.scratch(worker)) {
                      calls.transposedProduct(
                          operands.of(worker, inner, p),
                          slope,
                          Matrix.rows(dValues, sumToken, sumToken + keyCount),
                          1,
                          1);
                      Matrix dx = probabilities(inner, x);
                      calls.softmaxBackward(Matrix.of(x), p, dp, dx);
                      operands.rounded(worker, dx);
                      calls.product(dx, key, Matrix.rows(dQueries, from0, to0), shape.scale(), 0);
                      calls.transposedProduct(
                          dx,
                          query,
                          Matrix.rows(dKeys, sumToken, sumToken + keyCount),
                          shape.scale(),
                          1);
                    }
                  }
                });
          }
        }
      }
      runAll(tasks);
      operands.join(dQueries, kvHeads, gradients.q());
      join(dKeys, kvHeads, seen, gradients.k());
      join(dValues, kvHeads, seen, gradients.v());
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

  /** Adds up the lanes, then what all who see a row of {@code out} found for it. */
  private void join(Nd4jTensor lanes, int kvHeads, SeenRows<Nd4jTensor> seen, Nd4jTensor out) {
    int laneRows = kvHeads * seen.segments().tokens();
    Nd4jTensor sum = lanes.rowsView(0, laneRows);
    for (int lane = 1; lane < LANES; lane++) {
      rows.add(lanes.rowsView(lane * laneRows, (lane + 1) * laneRows), 1, sum);
    }
    Nd4jTensor joined = seen.gradients(out);
    operands.join(sum, kvHeads, joined);
    seen.addUp(joined, out);
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
    return IntStream.range(0, segments.count()).map(segments::length).max().orElseThrow();
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
