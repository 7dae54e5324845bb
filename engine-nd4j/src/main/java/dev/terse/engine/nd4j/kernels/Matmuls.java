package dev.terse.engine.nd4j.kernels;

import static dev.terse.engine.nd4j.calls.NativeCalls.Form.AB;
import static dev.terse.engine.nd4j.calls.NativeCalls.Form.ABT;
import static dev.terse.engine.nd4j.calls.NativeCalls.Form.ATB;

import dev.terse.engine.nd4j.calls.NativeCalls;
import dev.terse.engine.nd4j.calls.ThreadTeam;
import dev.terse.engine.nd4j.calls.WorkerThreads;
import dev.terse.engine.nd4j.memory.ChunkPool;
import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.nd4j.memory.Nd4jTensor;
import java.util.function.BiConsumer;

/**
 * The matmuls of a linear layer, split over the team: by rows, or where these are few by output
 * channels. A weight gradient is split by its channels too, so nothing has to be added up
 * afterwards; only ND4J's own matmuls, which copy a column range of an input first (2048x1536x576:
 * 117 ms instead of 30), split it by rows.
 *
 * <p>A row of {@code x · wᵀ} has the same bits in every matmul: with oneDNN called directly from
 * two rows on, with ND4J's matmuls (where its oneDNN serves them) from {@value
 * NativeCalls#STEADY_ROWS_OF_ND4J} rows on, so fewer are padded there. So a sequence's activations
 * do not depend on what else is in its batch.
 */
public final class Matmuls {
  /** Fewer rows than this a thread, and the weights are split instead of the rows. */
  private static final int MINIMUM_SLICE = 64;

  /** Output channels of a slice are a multiple of this: whole cache lines. */
  private static final int CHANNEL_STEP = 16;

  private final ThreadTeam team;
  private final RowKernels kernels;
  private final Operands operands;
  private final PackedWeights packed;

  public Matmuls(ThreadTeam team, RowKernels kernels, Operands operands, PackedWeights packed) {
    this.team = team;
    this.kernels = kernels;
    this.operands = operands;
    this.packed = packed;
  }

  /** {@code out} [N, O] {@code = x} [N, I] {@code · w} [O, I]ᵀ. */
  public void forward(Nd4jTensor x, Matrix w, Nd4jTensor out) {
    int rows = x.rows();
    if (rows < team.calls(0).steadyRows()) {
      padded(x, out, (wideX, wideOut) -> byChannels(wideX, w, wideOut));
    } else if (rows < MINIMUM_SLICE * team.count()) {
      byChannels(x, w, out);
    } else {
      try (ChunkPool.Frame own = team.scratch(0)) {
        Matrix weights = operands.weights(own, w);
        team.threads()
            .rows(
                rows,
                MINIMUM_SLICE,
                (worker, from, to) -> {
                  try (ChunkPool.Frame frame = team.scratch(worker)) {
                    Matrix input = operands.of(worker, frame, Matrix.rows(x, from, to));
                    team.calls(worker)
                        .matmul(ABT, input, weights, Matrix.rows(out, from, to), 1, 0);
                  }
                });
      }
    }
  }

  /** {@code dx} [N, I] {@code = dy} [N, O] {@code · w} [O, I] {@code + beta * dx}. */
  public void backwardInput(Nd4jTensor dy, Matrix w, Nd4jTensor dx, double beta) {
    if (dy.rows() < team.calls(0).steadyRows()) {
      padded(dy, dx, (wideDy, wideDx) -> backwardInput(wideDy, w, wideDx, beta));
      return;
    }
    try (ChunkPool.Frame own = team.scratch(0)) {
      Matrix weights = operands.weights(own, w);
      team.threads()
          .rows(
              dy.rows(),
              MINIMUM_SLICE,
              (worker, from, to) -> {
                try (ChunkPool.Frame frame = team.scratch(worker)) {
                  Matrix dOut = operands.of(worker, frame, Matrix.rows(dy, from, to));
                  team.calls(worker).matmul(AB, dOut, weights, Matrix.rows(dx, from, to), 1, beta);
                }
              });
    }
  }

  /** {@code dw} [O, I] {@code += dy} [N, O]ᵀ {@code · x} [N, I]. */
  public void backwardWeight(Nd4jTensor dy, Nd4jTensor x, Nd4jTensor dw) {
    if (team.calls(0).readsColumnsInPlace()) {
      backwardWeightByChannels(dy, x, dw);
    } else {
      backwardWeightByRows(dy, x, dw);
    }
  }

  private void backwardWeightByChannels(Nd4jTensor dy, Nd4jTensor x, Nd4jTensor dw) {
    try (ChunkPool.Frame own = team.scratch(0)) {
      Matrix dOuts = operands.of(own, dy);
      Matrix inputs = operands.of(own, x);
      channels(
          dw.rows(),
          (worker, from, to) ->
              team.calls(worker)
                  .matmul(ATB, dOuts.columns(from, to), inputs, Matrix.rows(dw, from, to), 1, 1));
    }
  }

  private void backwardWeightByRows(Nd4jTensor dy, Nd4jTensor x, Nd4jTensor dw) {
    int rows = dy.rows();
    int slices = Math.max(1, Math.min(team.count(), rows / MINIMUM_SLICE));
    try (ChunkPool.Frame own = team.scratch(0)) {
      // The first slice adds to dw itself, the others to sums of their own.
      Nd4jTensor[] sums = new Nd4jTensor[slices];
      sums[0] = dw;
      for (int s = 1; s < slices; s++) {
        sums[s] = own.floats(dw.shape());
      }
      team.threads()
          .rows(
              rows,
              MINIMUM_SLICE,
              (worker, from, to) ->
                  team.calls(worker)
                      .matmul(
                          ATB,
                          Matrix.rows(dy, from, to),
                          Matrix.rows(x, from, to),
                          Matrix.of(sums[worker]),
                          1,
                          worker == 0 ? 1 : 0));
      for (int s = 1; s < slices; s++) {
        kernels.add(sums[s], 1, dw);
      }
    }
  }

  /** Runs a matmul on few rows as on {@link NativeCalls#steadyRows}; more of them are 0. */
  private void padded(Nd4jTensor in, Nd4jTensor out, BiConsumer<Nd4jTensor, Nd4jTensor> matmul) {
    try (ChunkPool.Frame own = team.scratch(0)) {
      int rows = in.rows();
      Nd4jTensor wideIn = own.floats(team.calls(0).steadyRows(), in.rowSize());
      Nd4jTensor wideOut = own.floats(team.calls(0).steadyRows(), out.rowSize());
      kernels.copy(in, wideIn.rowsView(0, rows));
      kernels.clear(wideIn.rowsView(rows, wideIn.rows()));
      kernels.copy(out, wideOut.rowsView(0, rows));
      kernels.clear(wideOut.rowsView(rows, wideOut.rows()));
      matmul.accept(wideIn, wideOut);
      kernels.copy(wideOut.rowsView(0, rows), out);
    }
  }

  private void byChannels(Nd4jTensor x, Matrix w, Nd4jTensor out) {
    if (packed.multiply(x, w, out)) {
      return;
    }
    try (ChunkPool.Frame own = team.scratch(0)) {
      Matrix input = operands.of(0, own, Matrix.of(x));
      Matrix weights = operands.weights(own, w);
      channels(
          w.rows(),
          (worker, from, to) ->
              team.calls(worker)
                  .matmul(
                      ABT, input, weights.rows(from, to), Matrix.of(out).columns(from, to), 1, 0));
    }
  }

  /** Splits output channels in whole cache lines. */
  private void channels(int channels, WorkerThreads.Slice frame) {
    int steps = (channels + CHANNEL_STEP - 1) / CHANNEL_STEP;
    team.threads()
        .rows(
            steps,
            1,
            (worker, from, to) ->
                frame.run(worker, from * CHANNEL_STEP, Math.min(channels, to * CHANNEL_STEP)));
  }
}
