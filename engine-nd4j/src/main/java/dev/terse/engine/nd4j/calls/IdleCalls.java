package dev.terse.engine.nd4j.calls;

import dev.terse.engine.nd4j.memory.Matrix;

/** Does nothing, in the way of those that it stands for: for an engine that only counts. */
final class IdleCalls implements PackedCalls {
  private final NativeCalls likeness;

  /**
   * @param likeness taken over
   */
  IdleCalls(NativeCalls likeness) {
    this.likeness = likeness;
  }

  @Override
  public boolean readsColumnsInPlace() {
    return likeness.readsColumnsInPlace();
  }

  @Override
  public int steadyRows() {
    return likeness.steadyRows();
  }

  @Override
  public void matmul(
      Form form, int batch, Matrix a, Matrix b, Matrix c, double alpha, double beta) {}

  @Override
  public void softmax(Matrix x, Matrix out) {}

  @Override
  public void softmaxBackward(Matrix x, Matrix p, Matrix dy, Matrix dx) {}

  @Override
  public void exponentials(
      Matrix x, int[] leftOut, Matrix e, Matrix max, Matrix sum, Matrix sumX) {}

  @Override
  public void scaleRows(Matrix x, Matrix factors) {}

  @Override
  public void convert(int parts, Matrix x, int xStep, Matrix out, int outStep) {}

  @Override
  public void round(Matrix x) {}

  @Override
  public void widen(Matrix x, Matrix out) {}

  @Override
  public void pack(Matrix w, Matrix out) {}

  @Override
  public void matmulPacked(Matrix a, Matrix w, Matrix c) {}

  @Override
  public long packedBytes(Matrix w) {
    return ((PackedCalls) likeness).packedBytes(w);
  }

  @Override
  public void close() {
    likeness.close();
  }
}
