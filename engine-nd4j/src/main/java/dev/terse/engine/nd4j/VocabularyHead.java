package dev.terse.engine.nd4j;

import dev.terse.engine.HeadRows;
import dev.terse.engine.LogProbGradient;
import dev.terse.engine.TokenScores;
import java.util.Arrays;

/**
 * Log-probabilities, entropies and their backward through the product with the vocabulary.
 *
 * <p>Rows go through in chunks, so that scores and probabilities of a chunk stay below {@link
 * #CHUNK_FLOATS}. Each member of the crew owns a slice of the vocabulary: its scores, their softmax
 * within the slice, later its rows of dHead. Between the two phases the slices' statistics are put
 * together in double precision.
 *
 * <p>For a slice s with greatest score m_s: z_s = Σ exp(x - m_s) = Σp / max p. With M = max m_s and
 * Z = Σ exp(m_s - M) z_s: ln p(t) = x_t - M - ln Z, and the entropy is ln Z - E[x - M]. Both hold
 * their digits where the distribution is sharp.
 */
final class VocabularyHead {
  /** Floats of a chunk's scores: 128 MB. */
  private static final long CHUNK_FLOATS = 32L << 20;

  private final Crew crew;
  private final RowKernels kernels;
  private final Operands operands;

  VocabularyHead(Crew crew, RowKernels kernels, Operands operands) {
    this.crew = crew;
    this.kernels = kernels;
    this.operands = operands;
  }

  /**
   * Where the backward goes; asked for nothing when only scores are wanted.
   *
   * @param dHead [V, C], or [K, C] where only some rows are wanted, or null
   * @param trained the rows that are wanted, [K]; null for all
   */
  record Backward(LogProbGradient loss, Nd4jTensor dHidden, Nd4jTensor dHead, int[] trained) {}

  TokenScores scores(
      Nd4jTensor hidden, Nd4jTensor head, HeadRows rows, double temperature, Backward backward) {
    int count = rows.count();
    TokenScores scores = new TokenScores(new double[count], new double[count], new boolean[count]);
    if (backward != null) {
      kernels.clear(backward.dHidden());
    }
    int chunk = (int) Math.max(1, Math.min(count, CHUNK_FLOATS / head.rows()));
    for (int from = 0; from < count; from += chunk) {
      new Chunk(hidden, head, rows, from, Math.min(count, from + chunk), temperature)
          .run(scores, backward);
    }
    return scores;
  }

  private final class Chunk {
    private final Nd4jTensor hidden;
    private final Nd4jTensor head;
    private final HeadRows rows;
    private final int from;
    private final int count;
    private final double temperature;
    private final int slices;
    private final int[] bounds;
    private final SliceStatistics[] statistics;

    /** Share of each slice in a row's whole sum, [slices][count]. */
    private final double[][] weights;

    Chunk(Nd4jTensor hidden, Nd4jTensor head, HeadRows rows, int from, int to, double temperature) {
      this.hidden = hidden;
      this.head = head;
      this.rows = rows;
      this.from = from;
      this.count = to - from;
      this.temperature = temperature;
      this.slices = Math.min(crew.count(), head.rows());
      this.bounds = new int[slices + 1];
      for (int s = 0; s <= slices; s++) {
        bounds[s] = (int) ((long) head.rows() * s / slices);
      }
      this.statistics = new SliceStatistics[slices];
      this.weights = new double[slices][count];
    }

    void run(TokenScores scores, Backward backward) {
      // At least as many rows as give a row the same bits in any chunk.
      int padded = Math.max(Products.MINIMUM_ROWS, count);
      try (ChunkPool.Frame own = crew.scratch(0)) {
        Nd4jTensor states = own.floats(padded, hidden.rowSize());
        Nd4jTensor chunkStates = states.rowsView(0, count);
        kernels.gather(hidden, Arrays.copyOfRange(rows.rows(), from, from + count), chunkStates);
        if (padded > count) {
          kernels.clear(states.rowsView(count, padded));
        }
        // Scores, then their softmax, then the derivative by the scores: one memory.
        Nd4jTensor[] x = new Nd4jTensor[slices];
        for (int s = 0; s < slices; s++) {
          x[s] = own.floats(padded, bounds[s + 1] - bounds[s]);
        }
        Matrix input = operands.of(own, states);
        Matrix vocabulary = operands.weights(own, head);
        crew.workers().all(worker -> forward(worker, input, vocabulary, x));
        double[] slope = combine(scores, backward == null ? null : backward.loss());
        if (backward != null) {
          Nd4jTensor[] dStates = new Nd4jTensor[slices];
          for (int s = 0; s < slices; s++) {
            dStates[s] = own.floats(count, hidden.rowSize());
          }
          crew.workers()
              .all(worker -> backward(worker, slope, input, vocabulary, x, dStates, backward));
          int[] chunkRows = Arrays.copyOfRange(rows.rows(), from, from + count);
          for (Nd4jTensor dState : dStates) {
            kernels.scatterAdd(chunkRows, dState, backward.dHidden());
          }
        }
      }
    }

    private void forward(int worker, Matrix states, Matrix vocabulary, Nd4jTensor[] x) {
      if (worker >= slices) {
        return;
      }
      crew.calls(worker)
          .productTransposed(
              states,
              vocabulary.rows(bounds[worker], bounds[worker + 1]),
              Matrix.of(x[worker]),
              1 / temperature,
              0);
      statistics[worker] =
          kernels.softmaxOfSlice(worker, x[worker].rowsView(0, count), targets(worker));
    }

    /** Fills the scores; returns d loss / d ln p(target) of each row, or null without a loss. */
    private double[] combine(TokenScores scores, LogProbGradient loss) {
      double[] slope = loss == null ? null : new double[count];
      for (int r = 0; r < count; r++) {
        double max = Double.NEGATIVE_INFINITY;
        double target = Double.NEGATIVE_INFINITY;
        for (SliceStatistics slice : statistics) {
          max = Math.max(max, slice.max()[r]);
          target = Math.max(target, slice.target()[r]);
        }
        double z = 0;
        for (int s = 0; s < slices; s++) {
          SliceStatistics slice = statistics[s];
          weights[s][r] = Math.exp(slice.max()[r] - max) * slice.sumP()[r] / slice.maxP()[r];
          z += weights[s][r];
        }
        double mean = 0;
        for (int s = 0; s < slices; s++) {
          SliceStatistics slice = statistics[s];
          weights[s][r] /= z;
          if (!(weights[s][r] == 0)) {
            mean += weights[s][r] * (slice.sumPX()[r] / slice.sumP()[r] + slice.max()[r] - max);
          }
        }
        int index = from + r;
        boolean hasTarget = rows.targets()[index] != HeadRows.NO_TARGET;
        scores.entropies()[index] = Math.log(z) - mean;
        scores.logProbs()[index] = hasTarget ? target - max - Math.log(z) : Double.NaN;
        scores.targetIsArgMax()[index] = hasTarget && target >= max;
        if (slope != null && hasTarget) {
          slope[r] = loss.of(index, scores.logProbs()[index]);
        }
      }
      return slope;
    }

    /** d ln p(t) / d x_j = (1[j=t] - p_j) / temperature. */
    private void backward(
        int worker,
        double[] slope,
        Matrix states,
        Matrix vocabulary,
        Nd4jTensor[] x,
        Nd4jTensor[] dStates,
        Backward to) {
      if (worker >= slices) {
        return;
      }
      double[] factors = new double[count];
      double[] atTarget = new double[count];
      for (int r = 0; r < count; r++) {
        atTarget[r] = slope[r] / temperature;
        factors[r] = -atTarget[r] * weights[worker][r] / statistics[worker].sumP()[r];
      }
      Nd4jTensor dScores = x[worker].rowsView(0, count);
      kernels.gradientOfSlice(dScores, factors, targets(worker), atTarget);
      NativeCalls calls = crew.calls(worker);
      try (ChunkPool.Frame own = crew.scratch(worker)) {
        Matrix slopes = operands.of(worker, own, Matrix.of(dScores));
        calls.product(
            slopes,
            vocabulary.rows(bounds[worker], bounds[worker + 1]),
            Matrix.of(dStates[worker]),
            1,
            0);
        if (to.trained() == null) {
          calls.transposedProduct(
              slopes,
              states.first(count),
              Matrix.rows(to.dHead(), bounds[worker], bounds[worker + 1]),
              1,
              1);
        } else {
          trainedRows(worker, dScores, states.first(count), to);
        }
      }
    }

    /** Adds to those trained rows of the head that lie in a slice; each is one column of it. */
    private void trainedRows(int worker, Nd4jTensor dScores, Matrix states, Backward to) {
      int width = dScores.rowSize();
      float[] column = new float[count];
      for (int k = 0; k < to.trained().length; k++) {
        int place = to.trained()[k] - bounds[worker];
        if (place >= 0 && place < width) {
          for (int r = 0; r < count; r++) {
            dScores.read((long) r * width + place, column, r, 1);
          }
          try (ChunkPool.Frame own = crew.scratch(worker)) {
            Nd4jTensor slopes = own.floats(count, 1);
            slopes.write(0, column, 0, count);
            crew.calls(worker)
                .transposedProduct(
                    operands.of(worker, own, Matrix.of(slopes)),
                    states,
                    Matrix.rows(to.dHead(), k, k + 1),
                    1,
                    1);
          }
        }
      }
    }

    /** The targets as columns of a slice, -1 where they are elsewhere. */
    private int[] targets(int slice) {
      int[] targets = new int[count];
      for (int r = 0; r < count; r++) {
        int target = rows.targets()[from + r];
        boolean inside = target >= bounds[slice] && target < bounds[slice + 1];
        targets[r] = inside ? target - bounds[slice] : -1;
      }
      return targets;
    }
  }
}
