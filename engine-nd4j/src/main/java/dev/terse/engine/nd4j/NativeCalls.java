package dev.terse.engine.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The ND4J operations that do the heavy work, with outputs given by the caller. Each keeps its
 * native call frame from call to call, so an instance belongs to one thread.
 */
final class NativeCalls {
  private static final CustomOp MATMUL = DynamicCustomOp.builder("matmul").build();
  private static final CustomOp SOFTMAX = DynamicCustomOp.builder("softmax").build();
  private static final CustomOp SOFTMAX_BP = DynamicCustomOp.builder("softmax_bp").build();
  private static final int LAST_AXIS = 2;

  private final OpContext matmul = Nd4j.getExecutioner().buildContext();
  private final OpContext softmax = Nd4j.getExecutioner().buildContext();
  private final OpContext softmaxBackward = Nd4j.getExecutioner().buildContext();

  NativeCalls() {
    softmax.setIArguments(LAST_AXIS);
    softmaxBackward.setIArguments(LAST_AXIS);
  }

  /** {@code c = factor * a · b + keep * c}. */
  void product(INDArray a, INDArray b, INDArray c, double factor, double keep) {
    multiply(a, false, b, false, c, factor, keep);
  }

  /** {@code c = factor * a · bᵀ + keep * c}. */
  void productTransposed(INDArray a, INDArray b, INDArray c, double factor, double keep) {
    multiply(a, false, b, true, c, factor, keep);
  }

  /** {@code c = factor * aᵀ · b + keep * c}. */
  void transposedProduct(INDArray a, INDArray b, INDArray c, double factor, double keep) {
    multiply(a, true, b, false, c, factor, keep);
  }

  /** Softmax along the last axis of [1, R, T]: oneDNN serves rank 3, not rank 2. */
  void softmax(INDArray x, INDArray out) {
    softmax.setInputArray(0, x);
    softmax.setOutputArray(0, out);
    Nd4j.exec(SOFTMAX, softmax);
  }

  /**
   * Backward of {@link #softmax}.
   *
   * @param x the input of the forward, not its output
   * @param dx may not be dy
   */
  void softmaxBackward(INDArray x, INDArray dy, INDArray dx) {
    softmaxBackward.setInputArray(0, x);
    softmaxBackward.setInputArray(1, dy);
    softmaxBackward.setOutputArray(0, dx);
    Nd4j.exec(SOFTMAX_BP, softmaxBackward);
  }

  private void multiply(
      INDArray a,
      boolean transposeA,
      INDArray b,
      boolean transposeB,
      INDArray c,
      double factor,
      double keep) {
    matmul.setInputArray(0, a);
    matmul.setInputArray(1, b);
    matmul.setOutputArray(0, c);
    matmul.setIArguments(transposeA ? 1 : 0, transposeB ? 1 : 0, 0);
    matmul.setTArguments(factor, keep);
    Nd4j.exec(MATMUL, matmul);
  }
}
