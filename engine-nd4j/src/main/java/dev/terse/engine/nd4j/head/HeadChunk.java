package dev.terse.engine.nd4j.head;

import static dev.terse.engine.nd4j.calls.NativeCalls.Form.AB;
import static dev.terse.engine.nd4j.calls.NativeCalls.Form.ABT;
import static dev.terse.engine.nd4j.calls.NativeCalls.Form.ATB;

import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.TokenScores;
import dev.terse.engine.nd4j.calls.NativeCalls;
import dev.terse.engine.nd4j.calls.ThreadTeam;
import dev.terse.engine.nd4j.kernels.Operands;
import dev.terse.engine.nd4j.kernels.RowKernels;
import dev.terse.engine.nd4j.memory.ChunkPool;
import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.nd4j.memory.Nd4jTensor;
import dev.terse.engine.numbers.NumberType;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Some rows of the head, forward and backward, without ever holding their logits.
 *
 * <p>What, with x the scaled scores of a row and W the head:
 *
 * <pre>
 *   x = h · Wᵀ / T,  e = exp(x - m)     m the greatest x of a row in the block
 *   M, Z of the whole row               between the passes, in double ({@link ScoreSums})
 *   dh += P · W,  dW += Pᵀ · h          P = -g exp(m - M) / Z e, but 0 at the target
 * </pre>
 *
 * <p>g is the derivative of the loss by ln p(target), over T, asked between the passes. Where a row
 * has a derivative h by its entropy H, or m by the mean of ln p over the vocabulary of V too, P = m
 * / V - p (g + m + h (ln p + H)), and the chunk's scores are computed again: what is saved of them
 * are rounded exponentials.
 *
 * <p>How: each worker owns a range of blocks of the vocabulary ({@link VocabularyBlocks}) and takes
 * all rows through it, so it owns the rows of dW too. The forward saves e and m of as many blocks
 * as it may; the backward scales e to P in place and computes the other blocks' again.
 *
 * <p>Why blocks: they stay in the cache between the matmul and the exponentials, and the running
 * maximum puts them together without loss (Milakov and Gimelshein, arXiv 1805.02867). Why the loss
 * is asked in the middle: the scores, the largest matmul of a model, are computed once instead of
 * twice; Liger and Cut Cross-Entropy (Wijmans et al., arXiv 2411.09009) do likewise, for one loss.
 *
 * <p>Why the target has no part in a block's sums and matmuls, and is added to both by itself:
 * where the model is sure, ln p and 1 - p are small beside 1; as parts of a float32 sum, or of a
 * matrix of bfloat16, they would be lost in the rounding of p.
 */
final class HeadChunk {
  /**
   * Rows are padded to a multiple of it by zeros: a row has the same bits in any chunk, and few
   * shapes of primitives serve chunks of any size.
   */
  private static final int STEP = NativeCalls.STEADY_ROWS_OF_ND4J;

  private final ThreadTeam team;
  private final RowKernels kernels;
  private final Operands operands;
  private final ChunkPool.Frame own;
  private final VocabularyHead.Input input;
  private final VocabularyBlocks blocks;
  private final HeadRows rows;
  private final int first;
  private final int count;
  private final int padded;
  private final Matrix states;
  private final Matrix table;

  /** [1, widest block]. */
  private final Nd4jTensor ones;

  /** Score of each row's target, [count]. */
  private final double[] atTarget;

  /**
   * @param own memory as long as the chunk is used
   * @param first index of its first row in the whole call
   * @param end index after its last row
   */
  HeadChunk(
      VocabularyHead head, ChunkPool.Frame own, VocabularyHead.Input input, int first, int end) {
    this.team = head.team;
    this.kernels = head.kernels;
    this.operands = head.operands;
    this.own = own;
    this.input = input;
    this.blocks = VocabularyBlocks.of(input.head().rows(), team.count());
    this.rows = input.rows().range(first, end);
    this.first = first;
    this.count = rows.count();
    this.padded = (count + STEP - 1) / STEP * STEP;
    this.states = states();
    this.table = operands.weights(own, Matrix.of(input.head()));
    this.ones = own.floats(1, blocks.width());
    float[] all = new float[blocks.width()];
    Arrays.fill(all, 1);
    ones.setFloats(all);
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
  private record Saved(Matrix e, float[] max) {}

  /** Fills the scores of these rows. */
  void forward(TokenScores scores) {
    put(forward(new Saved[blocks.count()]), scores);
  }

  /**
   * Fills the scores of these rows, asks the loss and goes back.
   *
   * @param savedBytes what may be saved of the forward
   */
  void forwardAndBackward(TokenScores scores, HeadBackward<Nd4jTensor> backward, long savedBytes) {
    Saved[] saved = saved(savedBytes);
    ScoreSums sums = forward(saved);
    put(sums, scores);
    int end = first + count;
    double[] dLogProbs = backward.ask(input.rows(), scores, first, end, input.temperature());
    double[] dEntropies =
        backward.askEntropies(input.rows(), scores, first, end, input.temperature());
    double[] dMeans = backward.askMeans(input.rows(), scores, first, end, input.temperature());
    Derivatives d = new Derivatives(dLogProbs, dEntropies, dMeans);
    backwardOfBlocks(saved, sums, d, backward);
    backwardOfTargets(scores, d, backward);
  }

  /**
   * What the loss has said of each row, over T.
   *
   * @param byLogProb g, [count]
   * @param byEntropy h, [count]
   * @param byMean m, [count]
   */
  private record Derivatives(double[] byLogProb, double[] byEntropy, double[] byMean) {
    boolean needScores() {
      return DoubleStream.concat(Arrays.stream(byEntropy), Arrays.stream(byMean))
          .anyMatch(d -> d != 0);
    }
  }

  /** Memory for the exponentials of as many blocks as there may be, evenly spread over all. */
  private Saved[] saved(long bytes) {
    long each = (long) padded * blocks.width() * operands.type().bytes();
    long most = Math.min(blocks.count(), bytes / each);
    Saved[] saved = new Saved[blocks.count()];
    for (int b = 0; b < saved.length; b++) {
      boolean saves = most * (b + 1) / saved.length > most * b / saved.length;
      Matrix e = saves ? operands.empty(own, padded, blocks.width(b)) : null;
      saved[b] = new Saved(e, new float[padded]);
    }
    return saved;
  }

  // Forward ---------------------------------------------------------------------------------------

  private ScoreSums forward(Saved[] saved) {
    ScoreSums[] parts = new ScoreSums[team.count()];
    team.threads()
        .rows(
            blocks.count(),
            1,
            (worker, from, to) -> {
              parts[worker] = new ScoreSums(count);
              for (int b = from; b < to; b++) {
                forward(worker, b, saved[b], parts[worker]);
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

  private void forward(int worker, int block, Saved saved, ScoreSums sums) {
    try (ChunkPool.Frame frame = team.scratch(worker)) {
      Matrix x = scores(worker, frame, block);
      int[] columns = targetColumns(block);
      for (int r = 0; r < count; r++) {
        if (columns[r] >= 0) {
          atTarget[r] = x.get(r, columns[r]);
        }
      }
      float[] plain = rowSums(worker, frame, x);
      boolean saves = saved != null && saved.e != null;
      boolean inPlace = saves && saved.e.type() == NumberType.FLOAT32;
      Matrix e = inPlace ? saved.e : Matrix.of(frame.floats(padded, x.columns()));
      float[] statistics = exponentials(worker, frame, x, columns, e);
      for (int r = 0; r < count; r++) {
        sums.add(r, statistics[r], statistics[padded + r], statistics[2 * padded + r]);
        sums.addPlain(r, plain[r]);
      }
      if (saved != null) {
        System.arraycopy(statistics, 0, saved.max, 0, padded);
      }
      if (inPlace) {
        operands.rounded(worker, e);
      } else if (saves) {
        team.calls(worker).convert(1, e, 0, saved.e, 0);
      }
    }
  }

  /** x of a block, [padded, width]. */
  private Matrix scores(int worker, ChunkPool.Frame frame, int block) {
    Matrix x = Matrix.of(frame.floats(padded, blocks.width(block)));
    team.calls(worker).matmul(ABT, states, tableOf(block), x, 1 / input.temperature(), 0);
    return x;
  }

  /** Σ x of each row, [padded]. */
  private float[] rowSums(int worker, ChunkPool.Frame frame, Matrix x) {
    Nd4jTensor sums = frame.floats(padded, 1);
    Matrix ofBlock = Matrix.of(ones).columns(0, x.columns());
    team.calls(worker).matmul(ABT, x, ofBlock, Matrix.of(sums), 1, 0);
    return sums.toFloats();
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
      int worker, ChunkPool.Frame frame, Matrix x, int[] targetColumns, Matrix e) {
    Nd4jTensor statistics = frame.floats(3, padded);
    team.calls(worker)
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
      double logProb = hasTarget(r) ? atTarget[r] - sums.max(r) - sums.logZ(r) : Double.NaN;
      boolean isArgMax = !Double.isNaN(logProb) && atTarget[r] >= sums.max(r);
      double mean = sums.meanLogProb(r, input.head().rows());
      scores.put(first + r, logProb, mean, sums.entropy(r), isArgMax);
    }
  }

  private boolean hasTarget(int row) {
    return rows.hasTarget(row);
  }

  // Backward --------------------------------------------------------------------------------------

  private void backwardOfBlocks(
      Saved[] saved, ScoreSums sums, Derivatives d, HeadBackward<Nd4jTensor> backward) {
    boolean needScores = d.needScores();
    double[] logSums = new double[count];
    for (int r = 0; r < count; r++) {
      logSums[r] = sums.max(r) + sums.logZ(r);
    }
    Nd4jTensor[] dStates = new Nd4jTensor[Math.min(team.count(), blocks.count())];
    for (int i = 0; i < dStates.length; i++) {
      dStates[i] = own.floats(padded, input.hidden().rowSize());
    }
    team.threads()
        .rows(
            blocks.count(),
            1,
            (worker, from, to) -> {
              Matrix dState = Matrix.of(dStates[worker]);
              // From the end: the last blocks of the forward may still be in the cache.
              for (int b = to - 1; b >= from; b--) {
                try (ChunkPool.Frame frame = team.scratch(worker)) {
                  Matrix p =
                      needScores
                          ? fromScores(worker, frame, b, d, sums)
                          : scaled(worker, frame, b, saved[b], factors(d, logSums, saved[b].max));
                  backward(worker, b, p, dState, b == to - 1 ? 0 : 1, backward);
                }
              }
            });
    for (Nd4jTensor dState : dStates) {
      kernels.scatterAdd(rows.rows(), dState, backward.dHidden());
    }
  }

  /**
   * @param p P of a block, [padded, width]
   */
  private void backward(
      int worker, int block, Matrix p, Matrix dState, double beta, HeadBackward<Nd4jTensor> to) {
    NativeCalls calls = team.calls(worker);
    calls.matmul(AB, p, tableOf(block), dState, 1, beta);
    if (to.dHead().ids() == null) {
      Matrix dTable = Matrix.rows(to.dHead().sums(), blocks.start(block), blocks.end(block));
      calls.matmul(ATB, p, states, dTable, 1, 1);
    } else {
      backwardOfTrainedRows(worker, block, p, to);
    }
  }

  /** P of a block from its exponentials, in their place. */
  private Matrix scaled(
      int worker, ChunkPool.Frame frame, int block, Saved saved, float[] factors) {
    Matrix p = saved.e == null ? again(worker, frame, block) : saved.e;
    Nd4jTensor column = frame.floats(1, padded);
    column.setFloats(factors);
    team.calls(worker).scaleRows(p, Matrix.of(column));
    return operands.rounded(worker, p);
  }

  /** P of a block with its parts of entropies and means, from its scores. */
  private Matrix fromScores(
      int worker, ChunkPool.Frame frame, int block, Derivatives d, ScoreSums sums) {
    Matrix x = scores(worker, frame, block);
    int[] columns = targetColumns(block);
    float[] row = new float[x.columns()];
    for (int r = 0; r < padded; r++) {
      if (r < count) {
        x.read(r, row);
        double logSum = sums.max(r) + sums.logZ(r);
        for (int v = 0; v < row.length; v++) {
          row[v] = v == columns[r] ? 0 : (float) -slope(row[v] - logSum, r, d, sums.entropy(r));
        }
      } else {
        Arrays.fill(row, 0);
      }
      x.write(r, row);
    }
    return operands.of(worker, frame, x);
  }

  /** p (g + m + h (ln p + H)) - m / V of row {@code r}. */
  private double slope(double logP, int r, Derivatives d, double entropy) {
    double p = Math.exp(logP);
    double even = d.byMean[r] / input.head().rows();
    double own = d.byLogProb[r] + d.byMean[r];
    return p == 0 ? -even : p * (own + d.byEntropy[r] * (logP + entropy)) - even;
  }

  /** Adds to those trained rows of the head that lie in a block; each is one column of it. */
  private void backwardOfTrainedRows(int worker, int block, Matrix p, HeadBackward<Nd4jTensor> to) {
    for (int k = 0; k < to.dHead().ids().length; k++) {
      int column = to.dHead().ids()[k] - blocks.start(block);
      if (column >= 0 && column < blocks.width(block)) {
        try (ChunkPool.Frame frame = team.scratch(worker)) {
          team.calls(worker)
              .matmul(
                  ATB,
                  column(worker, frame, p, column),
                  states,
                  Matrix.rows(to.dHead().sums(), k, k + 1),
                  1,
                  1);
        }
      }
    }
  }

  /** A column of its own, [padded, 1]: a vector with gaps is not read rightly by every library. */
  private Matrix column(int worker, ChunkPool.Frame frame, Matrix p, int column) {
    if (team.calls(worker).readsColumnsInPlace()) {
      Matrix out = operands.empty(frame, padded, 1);
      team.calls(worker).convert(1, p.columns(column, column + 1), 0, out, 0);
      return out;
    }
    float[] values = new float[padded];
    for (int r = 0; r < padded; r++) {
      values[r] = p.get(r, column);
    }
    Nd4jTensor out = frame.floats(padded, 1);
    out.setFloats(values);
    return Matrix.of(out);
  }

  /** The exponentials that the forward has not saved. */
  private Matrix again(int worker, ChunkPool.Frame frame, int block) {
    Matrix x = scores(worker, frame, block);
    Matrix e = Matrix.of(frame.floats(padded, x.columns()));
    exponentials(worker, frame, x, targetColumns(block), e);
    return operands.of(worker, frame, e);
  }

  /** What makes {@code -g p} of a block's exponentials; 0 in rows beyond the last. */
  private float[] factors(Derivatives d, double[] logSums, float[] max) {
    float[] factors = new float[padded];
    for (int r = 0; r < count; r++) {
      factors[r] = (float) (-d.byLogProb[r] * Math.exp(max[r] - logSums[r]));
    }
    return factors;
  }

  private void backwardOfTargets(
      TokenScores scores, Derivatives d, HeadBackward<Nd4jTensor> backward) {
    double evenShare = 1.0 / input.head().rows();
    float[] factors = new float[count];
    for (int r = 0; r < count; r++) {
      double logProb = scores.logProbs()[first + r];
      double ofEntropy = d.byEntropy[r] * (logProb + scores.entropies()[first + r]);
      double slope = d.byEntropy[r] == 0 ? 0 : Math.exp(logProb) * ofEntropy;
      double ofMean = d.byMean[r] == 0 ? 0 : d.byMean[r] * (Math.exp(logProb) - evenShare);
      factors[r] = (float) (-d.byLogProb[r] * Math.expm1(logProb) - slope - ofMean);
    }
    int[] known = IntStream.range(0, count).filter(this::hasTarget).toArray();
    int[] ids = picked(rows.targets(), known);
    addScaled(input.head(), ids, factors, known, backward.dHidden(), picked(rows.rows(), known));
    if (backward.dHead().ids() != null) {
      int[] sums = IntStream.range(0, count).map(r -> sumOf(r, backward.dHead().ids())).toArray();
      known = IntStream.range(0, count).filter(r -> sums[r] >= 0).toArray();
      ids = picked(sums, known);
    }
    addScaled(
        input.hidden(), picked(rows.rows(), known), factors, known, backward.dHead().sums(), ids);
  }

  /** Which of the trained rows of the head a row's target is, or -1. */
  private int sumOf(int row, int[] trained) {
    int target = rows.targets()[row];
    return IntStream.range(0, trained.length)
        .filter(k -> trained[k] == target)
        .findFirst()
        .orElse(-1);
  }

  private static int[] picked(int[] values, int[] indices) {
    return Arrays.stream(indices).map(index -> values[index]).toArray();
  }

  /** {@code to[toRows[i]] += factors[picked[i]] * from[fromRows[i]]}. */
  private void addScaled(
      Nd4jTensor from, int[] fromRows, float[] factors, int[] picked, Nd4jTensor to, int[] toRows) {
    if (picked.length == 0) {
      return;
    }
    try (ChunkPool.Frame frame = team.scratch(0)) {
      float[] values = new float[picked.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = factors[picked[i]];
      }
      Nd4jTensor column = frame.floats(1, values.length);
      column.setFloats(values);
      Nd4jTensor taken = frame.floats(fromRows.length, from.rowSize());
      kernels.gather(from, fromRows, taken);
      team.calls(0).scaleRows(Matrix.of(taken), Matrix.of(column));
      kernels.scatterAdd(toRows, taken, to);
    }
  }
}
