package dev.terse.engine.nd4j;

import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.LogProbGradient;
import dev.terse.engine.TokenScores;
import dev.terse.engine.numbers.NumberType;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Some rows of the head, forward and backward. Each member of the crew owns a range of blocks of
 * the vocabulary and takes all rows through it:
 *
 * <pre>
 *   x = h · Wᵀ / T,  e = exp(x - m)     m the greatest x of a row in the block
 *   M, Z of the whole row               between the passes, in double ({@link ScoreSums})
 *   dh += P · W,  dW += Pᵀ · h          P = -slope exp(m - M) / Z e, but 0 at the target
 * </pre>
 *
 * <p>The target has no part in a block's sums and products; it is added to both by itself. Where
 * the model is sure, ln p and 1 - p are small beside 1: as parts of a float32 sum, or of a matrix
 * of bfloat16, they would be lost in the rounding of p.
 */
final class HeadChunk {
  /**
   * Rows are padded to a multiple of it by zeros: a row has the same bits in any chunk, and few
   * shapes of primitives serve chunks of any size.
   */
  private static final int STEP = Products.MINIMUM_ROWS;

  private final Crew crew;
  private final RowKernels kernels;
  private final Operands operands;
  private final VocabularyBlocks blocks;
  private final ChunkPool.Frame own;
  private final VocabularyHead.Input input;
  private final HeadRows rows;
  private final int first;
  private final int count;
  private final int padded;
  private final Matrix states;
  private final Matrix table;

  /** Score of each row's target, [count]. */
  private final double[] atTarget;

  /**
   * @param own memory as long as the chunk is used
   * @param rows the rows of this chunk
   * @param first index of the first of them in the whole call
   */
  HeadChunk(
      Crew crew,
      RowKernels kernels,
      Operands operands,
      VocabularyBlocks blocks,
      ChunkPool.Frame own,
      VocabularyHead.Input input,
      HeadRows rows,
      int first) {
    this.crew = crew;
    this.kernels = kernels;
    this.operands = operands;
    this.blocks = blocks;
    this.own = own;
    this.input = input;
    this.rows = rows;
    this.first = first;
    this.count = rows.count();
    this.padded = (count + STEP - 1) / STEP * STEP;
    this.states = states();
    this.table = operands.weights(own, Matrix.of(input.head()));
    this.atTarget = new double[count];
  }

  private Matrix states() {
    Nd4jTensor taken = own.floats(padded, input.hidden().rowSize());
    kernels.gather(input.hidden(), rows.rows(), taken.rowsView(0, count));
    if (padded > count) {
      kernels.clear(taken.rowsView(count, padded));
    }
    return operands.of(own, taken);
  }

  /**
   * What the forward of a block leaves to the backward.
   *
   * @param e [padded, width], or null where it is to be computed again
   * @param max m of each row, [padded]
   */
  private record Kept(Matrix e, float[] max) {}

  /** Fills the scores of these rows. */
  void forward(TokenScores scores) {
    put(forward(new Kept[blocks.count()]), scores);
  }

  /**
   * Fills the scores of these rows, asks the loss and goes back.
   *
   * @param keptBytes what may be kept of the forward
   */
  void forwardAndBackward(TokenScores scores, HeadBackward<Nd4jTensor> backward, long keptBytes) {
    Kept[] kept = kept(keptBytes);
    ScoreSums sums = forward(kept);
    put(sums, scores);
    double[] slopes = slopes(scores, backward.loss());
    backwardOfBlocks(kept, sums, slopes, backward);
    backwardOfTargets(scores, slopes, backward);
  }

  /** Memory for the exponentials of as many blocks as there may be, evenly spread over all. */
  private Kept[] kept(long bytes) {
    long each = (long) padded * blocks.width() * operands.type().bytes();
    long most = Math.min(blocks.count(), bytes / each);
    Kept[] kept = new Kept[blocks.count()];
    for (int b = 0; b < kept.length; b++) {
      boolean keeps = most * (b + 1) / kept.length > most * b / kept.length;
      Matrix e = keeps ? operands.empty(own, padded, blocks.width(b)) : null;
      kept[b] = new Kept(e, new float[padded]);
    }
    return kept;
  }

  // Forward ---------------------------------------------------------------------------------------

  private ScoreSums forward(Kept[] kept) {
    ScoreSums[] parts = new ScoreSums[crew.count()];
    crew.workers()
        .rows(
            blocks.count(),
            1,
            (worker, from, to) -> {
              parts[worker] = new ScoreSums(count);
              for (int b = from; b < to; b++) {
                forward(worker, b, kept[b], parts[worker]);
              }
            });
    ScoreSums sums = parts[0];
    for (int i = 1; i < parts.length && parts[i] != null; i++) {
      sums.add(parts[i]);
    }
    for (int r = 0; r < count; r++) {
      if (hasTarget(r)) {
        sums.add(r, atTarget[r], 1, 0);
      }
    }
    return sums;
  }

  private void forward(int worker, int block, Kept kept, ScoreSums sums) {
    try (ChunkPool.Frame share = crew.scratch(worker)) {
      Matrix x = scores(worker, share, block);
      int[] columns = targetColumns(block);
      for (int r = 0; r < count; r++) {
        if (columns[r] >= 0) {
          atTarget[r] = x.get(r, columns[r]);
        }
      }
      boolean keeps = kept != null && kept.e != null;
      boolean inPlace = keeps && kept.e.type() == NumberType.FLOAT32;
      Matrix e = inPlace ? kept.e : Matrix.of(share.floats(padded, x.columns()));
      float[] statistics = exponentials(worker, share, x, columns, e);
      for (int r = 0; r < count; r++) {
        sums.add(r, statistics[r], statistics[padded + r], statistics[2 * padded + r]);
      }
      if (kept != null) {
        System.arraycopy(statistics, 0, kept.max, 0, padded);
      }
      if (inPlace) {
        operands.rounded(worker, e);
      } else if (keeps) {
        crew.calls(worker).convert(1, e, 0, kept.e, 0);
      }
    }
  }

  /** x of a block, [padded, width]. */
  private Matrix scores(int worker, ChunkPool.Frame share, int block) {
    Matrix x = Matrix.of(share.floats(padded, blocks.width(block)));
    crew.calls(worker).productTransposed(states, tableOf(block), x, 1 / input.temperature(), 0);
    return x;
  }

  private Matrix tableOf(int block) {
    return table.rows(blocks.start(block), blocks.end(block));
  }

  /**
   * Fills e from x, which is used up.
   *
   * @return m, Σ e and Σ e (x - m) of each row, [3, padded]
   */
  private float[] exponentials(
      int worker, ChunkPool.Frame share, Matrix x, int[] targetColumns, Matrix e) {
    Nd4jTensor statistics = share.floats(3, padded);
    crew.calls(worker)
        .exponentials(
            x,
            targetColumns,
            e,
            Matrix.rows(statistics, 0, 1),
            Matrix.rows(statistics, 1, 2),
            Matrix.rows(statistics, 2, 3));
    return statistics.toFloats();
  }

  /** The targets as columns of a block, -1 where they are elsewhere, [padded]. */
  private int[] targetColumns(int block) {
    int[] columns = new int[padded];
    Arrays.fill(columns, -1);
    for (int r = 0; r < count; r++) {
      int target = rows.targets()[r];
      if (target >= blocks.start(block) && target < blocks.end(block)) {
        columns[r] = target - blocks.start(block);
      }
    }
    return columns;
  }

  private void put(ScoreSums sums, TokenScores scores) {
    for (int r = 0; r < count; r++) {
      scores.entropies()[first + r] = sums.entropy(r);
      double logProb = hasTarget(r) ? atTarget[r] - sums.max(r) - sums.logZ(r) : Double.NaN;
      scores.logProbs()[first + r] = logProb;
      scores.targetIsArgMax()[first + r] = !Double.isNaN(logProb) && atTarget[r] >= sums.max(r);
    }
  }

  private boolean hasTarget(int row) {
    return rows.targets()[row] != HeadRows.NO_TARGET;
  }

  // Backward --------------------------------------------------------------------------------------

  /** d loss / d ln p(target) / temperature of each row; 0 without a target. */
  private double[] slopes(TokenScores scores, LogProbGradient loss) {
    double[] slopes = new double[count];
    for (int r = 0; r < count; r++) {
      if (hasTarget(r)) {
        slopes[r] = loss.of(first + r, scores.logProbs()[first + r]) / input.temperature();
      }
    }
    return slopes;
  }

  private void backwardOfBlocks(
      Kept[] kept, ScoreSums sums, double[] slopes, HeadBackward<Nd4jTensor> backward) {
    double[] logSums = new double[count];
    for (int r = 0; r < count; r++) {
      logSums[r] = sums.max(r) + sums.logZ(r);
    }
    Nd4jTensor[] dStates = new Nd4jTensor[Math.min(crew.count(), blocks.count())];
    for (int i = 0; i < dStates.length; i++) {
      dStates[i] = own.floats(padded, input.hidden().rowSize());
    }
    crew.workers()
        .rows(
            blocks.count(),
            1,
            (worker, from, to) -> {
              Matrix dState = Matrix.of(dStates[worker]);
              // From the end: the last blocks of the forward may still be in the cache.
              for (int b = to - 1; b >= from; b--) {
                float[] factors = factors(slopes, logSums, kept[b].max);
                backward(worker, b, kept[b], factors, dState, b == to - 1 ? 0 : 1, backward);
              }
            });
    for (Nd4jTensor dState : dStates) {
      kernels.scatterAdd(rows.rows(), dState, backward.dHidden());
    }
  }

  private void backward(
      int worker,
      int block,
      Kept kept,
      float[] factors,
      Matrix dState,
      double keep,
      HeadBackward<Nd4jTensor> to) {
    NativeCalls calls = crew.calls(worker);
    try (ChunkPool.Frame share = crew.scratch(worker)) {
      Matrix p = kept.e == null ? again(worker, share, block) : kept.e;
      Nd4jTensor column = share.floats(1, padded);
      column.setFloats(factors);
      calls.scaleRows(p, Matrix.of(column));
      operands.rounded(worker, p);
      calls.product(p, tableOf(block), dState, 1, keep);
      if (to.dHead().ids() == null) {
        Matrix dTable = Matrix.rows(to.dHead().sums(), blocks.start(block), blocks.end(block));
        calls.transposedProduct(p, states, dTable, 1, 1);
      } else {
        backwardOfTrainedRows(worker, block, p, to);
      }
    }
  }

  /** Adds to those trained rows of the head that lie in a block; each is one column of it. */
  private void backwardOfTrainedRows(int worker, int block, Matrix p, HeadBackward<Nd4jTensor> to) {
    for (int k = 0; k < to.dHead().ids().length; k++) {
      int column = to.dHead().ids()[k] - blocks.start(block);
      if (column >= 0 && column < blocks.width(block)) {
        try (ChunkPool.Frame share = crew.scratch(worker)) {
          crew.calls(worker)
              .transposedProduct(
                  column(worker, share, p, column),
                  states,
                  Matrix.rows(to.dHead().sums(), k, k + 1),
                  1,
                  1);
        }
      }
    }
  }

  /** A column of its own, [padded, 1]: a vector with gaps is not read rightly by every library. */
  private Matrix column(int worker, ChunkPool.Frame share, Matrix p, int column) {
    if (crew.calls(worker).readsColumnsInPlace()) {
      Matrix out = operands.empty(share, padded, 1);
      crew.calls(worker).convert(1, p.columns(column, column + 1), 0, out, 0);
      return out;
    }
    float[] values = new float[padded];
    for (int r = 0; r < padded; r++) {
      values[r] = p.get(r, column);
    }
    Nd4jTensor out = share.floats(padded, 1);
    out.setFloats(values);
    return Matrix.of(out);
  }

  /** The exponentials that the forward has not kept. */
  private Matrix again(int worker, ChunkPool.Frame share, int block) {
    Matrix x = scores(worker, share, block);
    Matrix e = Matrix.of(share.floats(padded, x.columns()));
    exponentials(worker, share, x, targetColumns(block), e);
    return operands.of(worker, share, e);
  }

  /** What makes {@code -slope p} of a block's exponentials; 0 in rows beyond the last. */
  private float[] factors(double[] slopes, double[] logSums, float[] max) {
    float[] factors = new float[padded];
    for (int r = 0; r < count; r++) {
      factors[r] = (float) (-slopes[r] * Math.exp(max[r] - logSums[r]));
    }
    return factors;
  }

  private void backwardOfTargets(
      TokenScores scores, double[] slopes, HeadBackward<Nd4jTensor> backward) {
    float[] factors = new float[count];
    for (int r = 0; r < count; r++) {
      factors[r] = (float) (-slopes[r] * Math.expm1(scores.logProbs()[first + r]));
    }
    int[] known = IntStream.range(0, count).filter(this::hasTarget).toArray();
    int[] ids = picked(rows.targets(), known);
    addScaled(input.head(), ids, factors, known, backward.dHidden(), picked(rows.rows(), known));
    if (backward.dHead().ids() != null) {
      int[] places =
          IntStream.range(0, count).map(r -> placeOf(r, backward.dHead().ids())).toArray();
      known = IntStream.range(0, count).filter(r -> places[r] >= 0).toArray();
      ids = picked(places, known);
    }
    addScaled(
        input.hidden(), picked(rows.rows(), known), factors, known, backward.dHead().sums(), ids);
  }

  /** Which of the trained rows of the head a row's target is, or -1. */
  private int placeOf(int row, int[] trained) {
    int target = rows.targets()[row];
    return IntStream.range(0, trained.length)
        .filter(k -> trained[k] == target)
        .findFirst()
        .orElse(-1);
  }

  private static int[] picked(int[] values, int[] places) {
    return Arrays.stream(places).map(place -> values[place]).toArray();
  }

  /** {@code to[toRows[i]] += factors[picked[i]] * from[fromRows[i]]}. */
  private void addScaled(
      Nd4jTensor from, int[] fromRows, float[] factors, int[] picked, Nd4jTensor to, int[] toRows) {
    if (picked.length == 0) {
      return;
    }
    try (ChunkPool.Frame share = crew.scratch(0)) {
      float[] values = new float[picked.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = factors[picked[i]];
      }
      Nd4jTensor column = share.floats(1, values.length);
      column.setFloats(values);
      Nd4jTensor taken = share.floats(fromRows.length, from.rowSize());
      kernels.gather(from, fromRows, taken);
      crew.calls(0).scaleRows(Matrix.of(taken), Matrix.of(column));
      kernels.scatterAdd(toRows, taken, to);
    }
  }
}
