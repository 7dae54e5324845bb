package dev.terse.engine.nd4j.calls;

import dev.terse.engine.nd4j.memory.Matrix;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/** {@link NativeCalls} on INDArrays, for every backend. */
public final class ArrayCalls implements NativeCalls {
  private static final CustomOp MATMUL = DynamicCustomOp.builder("matmul").build();
  private static final CustomOp SOFTMAX = DynamicCustomOp.builder("softmax").build();
  private static final CustomOp SOFTMAX_BP = DynamicCustomOp.builder("softmax_bp").build();

  private final OpContext matmul = Nd4j.getExecutioner().buildContext();
  private final OpContext softmax = Nd4j.getExecutioner().buildContext();
  private final OpContext softmaxBackward = Nd4j.getExecutioner().buildContext();

  public ArrayCalls() {
    softmax.setIArguments(2);
    softmaxBackward.setIArguments(2);
  }

  @Override
  public void matmul(Form form, Matrix a, Matrix b, Matrix c, double alpha, double beta) {
    multiply(form, array(a), array(b), array(c), alpha, beta);
  }

  @Override
  public void matmul(
      Form form, int batch, Matrix a, Matrix b, Matrix c, double alpha, double beta) {
    multiply(form, cube(batch, a), cube(batch, b), cube(batch, c), alpha, beta);
  }

  // Rank 3 for softmax too: oneDNN serves it there, not in rank 2.

  @Override
  public void softmax(Matrix x, Matrix out) {
    run(SOFTMAX, softmax, cube(1, out), cube(1, x));
  }

  @Override
  public void softmaxBackward(Matrix x, Matrix p, Matrix dy, Matrix dx) {
    run(SOFTMAX_BP, softmaxBackward, cube(1, dx), cube(1, x), cube(1, dy));
  }

  @Override
  public void exponentials(Matrix x, int[] leftOut, Matrix e, Matrix max, Matrix sum, Matrix sumX) {
    INDArray scores = array(x);
    INDArray weights = array(e);
    try (INDArray greatest = scores.max(1)) {
      ArrayOps.subtract(scores, greatest.reshape(x.rows(), 1), scores);
      array(max).assign(greatest);
    }
    // By softmax, which oneDNN serves where ND4J's exp is slow; its greatest stands for exp(0).
    softmax(x, e);
    try (INDArray greatest = weights.max(1)) {
      ArrayOps.divide(weights, greatest.reshape(x.rows(), 1), weights);
    }
    e.clear(leftOut);
    try (INDArray sums = weights.sum(1);
        INDArray weighted = ArrayOps.rowDots(weights, scores)) {
      array(sum).assign(sums);
      array(sumX).assign(weighted);
    }
  }

  @Override
  public void scaleRows(Matrix x, Matrix factors) {
    INDArray rows = array(x);
    ArrayOps.multiply(rows, array(factors.reshaped(x.rows(), 1)), rows);
  }

  @Override
  public int steadyRows() {
    return STEADY_ROWS_OF_ND4J;
  }

  @Override
  public boolean readsColumnsInPlace() {
    return false;
  }

  @Override
  public void convert(int parts, Matrix x, int xStep, Matrix out, int outStep) {
    throw new IllegalStateException("ND4J's own operations have no conversions between strides");
  }

  /** {@link #matmul} of arrays, or of batches of them. */
  public void multiply(Form form, INDArray a, INDArray b, INDArray c, double alpha, double beta) {
    matmul.setIArguments(form.transposesA() ? 1 : 0, form.transposesB() ? 1 : 0, 0);
    matmul.setTArguments(alpha, beta);
    run(MATMUL, matmul, c, a, b);
  }

  private static void run(CustomOp op, OpContext frame, INDArray out, INDArray... inputs) {
    for (int i = 0; i < inputs.length; i++) {
      frame.setInputArray(i, inputs[i]);
    }
    frame.setOutputArray(0, out);
    Nd4j.exec(op, frame);
    // A frame holds a native descriptor of every array it was ever given until it is purged.
    frame.purge();
  }

  private static INDArray array(Matrix m) {
    return m.block()
        .strided(m.offset(), new long[] {m.rows(), m.columns()}, new long[] {m.stride(), 1});
  }

  private static INDArray cube(int batch, Matrix m) {
    return m.block().view(m.offset(), batch, m.rows() / batch, m.columns());
  }

  @Override
  public void close() {
    for (OpContext frame : new OpContext[] {matmul, softmax, softmaxBackward}) {
      try {
        frame.close();
      } catch (Exception e) {
        throw new IllegalStateException("ND4J could not free a call frame", e);
      }
    }
  }
}
