package dev.terse.engine.nd4j.kernels;

import dev.terse.engine.AdamW;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.Rotary;
import dev.terse.engine.Tensor;
import dev.terse.engine.nd4j.memory.Nd4jTensor;

/** Does nothing and holds nothing: for an engine that only counts. */
public final class IdleKernels implements RowKernels {
  @Override
  public void copy(Nd4jTensor from, Nd4jTensor to) {}

  @Override
  public void clear(Nd4jTensor t) {}

  @Override
  public void add(Nd4jTensor x, double factor, Nd4jTensor to) {}

  @Override
  public void addBias(Nd4jTensor out, Nd4jTensor bias) {}

  @Override
  public void addColumnSums(Nd4jTensor dy, Nd4jTensor dBias) {}

  @Override
  public void scaleColumns(Nd4jTensor x, Nd4jTensor scale, Nd4jTensor bias, Nd4jTensor out) {}

  @Override
  public void addColumnDots(Nd4jTensor x, Nd4jTensor y, Nd4jTensor sums) {}

  @Override
  public void dropout(Nd4jTensor x, double rate, long[] rowSeeds, Nd4jTensor out) {}

  @Override
  public void gather(Nd4jTensor table, int[] ids, Nd4jTensor out) {}

  @Override
  public void scatterAdd(int[] ids, Nd4jTensor x, Nd4jTensor table) {}

  @Override
  public void rmsNorm(Nd4jTensor x, Nd4jTensor w, double eps, Nd4jTensor y) {}

  @Override
  public void rmsNormBackward(
      Nd4jTensor x,
      Nd4jTensor w,
      double eps,
      Nd4jTensor dy,
      Nd4jTensor dx,
      Write write,
      Nd4jTensor dw) {}

  @Override
  public void rope(Nd4jTensor x, int[] positions, Rotary rotary, int sign) {}

  @Override
  public void swiglu(Nd4jTensor gate, Nd4jTensor up, Nd4jTensor out) {}

  @Override
  public void swigluBackward(
      Nd4jTensor gate, Nd4jTensor up, Nd4jTensor dOut, Nd4jTensor dGate, Nd4jTensor dUp) {}

  @Override
  public void splitColumns(Nd4jTensor x, int parts, Nd4jTensor out) {}

  @Override
  public void joinColumns(Nd4jTensor x, int parts, Nd4jTensor out) {}

  @Override
  public void maskFuture(Nd4jTensor scores, int queries, int group) {}

  @Override
  public void adamW(AdamW update, Nd4jTensor weight, Nd4jTensor gradient, Tensor m, Tensor v) {}

  @Override
  public double sumOfSquares(Nd4jTensor t) {
    return 0;
  }
}
