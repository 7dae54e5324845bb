package dev.terse.engine.nd4j.kernels;

import dev.terse.engine.AdamW;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.Rotary;
import dev.terse.engine.Tensor;
import dev.terse.engine.nd4j.memory.Nd4jTensor;
import dev.terse.engine.spi.SeenRows;
import dev.terse.engine.spi.Turn;
import java.lang.reflect.Proxy;

/**
 * The work between the matmuls. Arguments have been checked. Two implementations: {@link
 * HeapKernels} for CPUs and {@link ArrayKernels} for every backend.
 */
public interface RowKernels extends SeenRows.Moves<Nd4jTensor> {

  /** {@code to = from}, of one size. */
  void copy(Nd4jTensor from, Nd4jTensor to);

  /** {@code to += factor * x}. */
  void add(Nd4jTensor x, double factor, Nd4jTensor to);

  /** Adds {@code bias} [O] to each row of {@code out} [N, O]. */
  void addBias(Nd4jTensor out, Nd4jTensor bias);

  /** Adds the column sums of {@code dy} [N, O] to {@code dBias} [O]. */
  void addColumnSums(Nd4jTensor dy, Nd4jTensor dBias);

  /** {@code out = x ∘ scale + bias} by columns; bias may be null, out may be x. */
  void scaleColumns(Nd4jTensor x, Nd4jTensor scale, Nd4jTensor bias, Nd4jTensor out);

  /** Adds the column sums of {@code x ∘ y} [R, C] to {@code sums} [C]. */
  void addColumnDots(Nd4jTensor x, Nd4jTensor y, Nd4jTensor sums);

  /** Leaves out elements of {@code x} [R, C] by the rows' seeds; out may be x. */
  void dropout(Nd4jTensor x, double rate, long[] rowSeeds, Nd4jTensor out);

  void rmsNorm(Nd4jTensor x, Nd4jTensor w, double eps, Nd4jTensor y);

  void rmsNormBackward(
      Nd4jTensor x,
      Nd4jTensor w,
      double eps,
      Nd4jTensor dy,
      Nd4jTensor dx,
      Write write,
      Nd4jTensor dw);

  void rope(Nd4jTensor x, int[] positions, Rotary rotary, Turn turn);

  void swiglu(Nd4jTensor gate, Nd4jTensor up, Nd4jTensor out);

  void swigluBackward(
      Nd4jTensor gate, Nd4jTensor up, Nd4jTensor dOut, Nd4jTensor dGate, Nd4jTensor dUp);

  /** Columns of x [N, parts*W] apart: out [parts, N, W]. */
  void splitColumns(Nd4jTensor x, int parts, Nd4jTensor out);

  /** Undoes {@link #splitColumns}: x [parts, N, W] into out [N, parts*W]. */
  void joinColumns(Nd4jTensor x, int parts, Nd4jTensor out);

  /**
   * Sets what a query may not see to minus infinity. Called by one worker on its own scores.
   *
   * @param scores [queries*group, keys], a query's group of heads in neighbouring rows; the last
   *     query sees all keys, the one before all but one, and so on
   */
  void maskFuture(Nd4jTensor scores, int queries, int group);

  void adamW(AdamW update, Nd4jTensor weight, Nd4jTensor gradient, Tensor m, Tensor v);

  double sumOfSquares(Nd4jTensor t);

  /** Does nothing and holds nothing: for an engine that only counts. */
  static RowKernels idle() {
    return (RowKernels)
        Proxy.newProxyInstance(
            RowKernels.class.getClassLoader(),
            new Class<?>[] {RowKernels.class},
            (self, method, arguments) -> method.getReturnType() == double.class ? 0.0 : null);
  }
}
