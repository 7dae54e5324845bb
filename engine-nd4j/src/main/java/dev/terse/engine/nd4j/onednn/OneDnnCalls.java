package dev.terse.engine.nd4j.onednn;

import dev.terse.engine.nd4j.calls.NativeCalls;
import dev.terse.engine.nd4j.calls.PackedCalls;
import dev.terse.engine.nd4j.memory.Matrix;

/**
 * {@link NativeCalls} by oneDNN's own interface, on the memory of ND4J's arrays: operands in
 * float32 or bfloat16, outputs in float32, sums in float32, any strides.
 */
public final class OneDnnCalls implements PackedCalls {
  private final OneDnnPrimitives primitives = new OneDnnPrimitives();
  private final OneDnnMatmuls matmuls = new OneDnnMatmuls(primitives);
  private final OneDnnPacking packing = new OneDnnPacking(primitives);
  private final OneDnnSoftmax softmax = new OneDnnSoftmax(primitives);
  private final OneDnnCopies copies = new OneDnnCopies(primitives);
  private final OneDnnRows rows = new OneDnnRows(primitives, copies);
  private final Bfloat16Rows bfloat16 = new Bfloat16Rows();

  @Override
  public int steadyRows() {
    return 2; // one row alone may be summed in another order
  }

  @Override
  public boolean readsColumnsInPlace() {
    return true;
  }

  @Override
  public void matmul(
      Form form, int batch, Matrix a, Matrix b, Matrix c, double alpha, double beta) {
    matmuls.multiply(form, batch, a, b, c, alpha, beta);
  }

  @Override
  public void pack(Matrix w, Matrix out) {
    packing.pack(w, out);
  }

  @Override
  public void matmulPacked(Matrix a, Matrix w, Matrix c) {
    packing.matmulPacked(a, w, c);
  }

  @Override
  public long packedBytes(Matrix w) {
    return OneDnnPacking.packedBytes(w);
  }

  @Override
  public void softmax(Matrix x, Matrix out) {
    softmax.forward(x, out);
  }

  @Override
  public void softmaxBackward(Matrix x, Matrix p, Matrix dy, Matrix dx) {
    softmax.backward(p, dy, dx);
  }

  @Override
  public void exponentials(Matrix x, int[] leftOut, Matrix e, Matrix max, Matrix sum, Matrix sumX) {
    rows.exponentials(x, leftOut, e, max, sum, sumX);
  }

  @Override
  public void scaleRows(Matrix x, Matrix factors) {
    rows.scale(x, factors);
  }

  @Override
  public void convert(int parts, Matrix x, int xStep, Matrix out, int outStep) {
    copies.convert(parts, x, xStep, out, outStep);
  }

  @Override
  public void round(Matrix x) {
    bfloat16.round(x);
  }

  @Override
  public void widen(Matrix x, Matrix out) {
    bfloat16.widen(x, out);
  }

  @Override
  public void close() {
    primitives.close();
  }
}
