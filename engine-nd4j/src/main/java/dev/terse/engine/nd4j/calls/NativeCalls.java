package dev.terse.engine.nd4j.calls;

import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.numbers.NumberType;

/**
 * The native operations that do the heavy work, with outputs given by the caller. Operands of
 * {@link NumberType#BFLOAT16} are oneDNN's only. An instance keeps native call frames, so it
 * belongs to one thread.
 */
public interface NativeCalls extends AutoCloseable {
  /** {@link #steadyRows} of ND4J's own matmuls, where its oneDNN serves them. */
  int STEADY_ROWS_OF_ND4J = 16;

  /** Whether a column range of an input costs no more than a matrix of its own. */
  boolean readsColumnsInPlace();

  /**
   * Rows that a matmul must have so that the bits of a row do not depend on how many there are;
   * fewer are padded where that is promised.
   */
  int steadyRows();

  /** What a matmul multiplies: a or b may be read transposed. */
  enum Form {
    AB,
    ABT,
    ATB;

    public boolean transposesA() {
      return this == ATB;
    }

    public boolean transposesB() {
      return this == ABT;
    }
  }

  /** {@code c = alpha * a · b + beta * c}, in one of its forms. */
  default void matmul(Form form, Matrix a, Matrix b, Matrix c, double alpha, double beta) {
    matmul(form, 1, a, b, c, alpha, beta);
  }

  /**
   * The same for each of {@code batch} equal parts of a, b and c, one behind the other; rows may
   * have a stride, except on {@link ArrayCalls}.
   */
  void matmul(Form form, int batch, Matrix a, Matrix b, Matrix c, double alpha, double beta);

  /** Softmax of each row; contiguous; out may be x. */
  void softmax(Matrix x, Matrix out);

  /**
   * Backward of {@link #softmax}; an implementation reads x or p, whichever it needs.
   *
   * @param x the input of the forward
   * @param p the output of the forward
   * @param dx none of the others
   */
  void softmaxBackward(Matrix x, Matrix p, Matrix dy, Matrix dx);

  /**
   * Exponentials of each row, and the sums that an entropy needs; all contiguous.
   *
   * @param x [R, W], overwritten
   * @param leftOut one column of each row that has e = 0 and is in no sum, or -1, [R]
   * @param e exp(x - max), [R, W]
   * @param max greatest x, [1, R]
   * @param sum Σ e, [1, R]
   * @param sumX Σ e (x - max), [1, R]
   */
  void exponentials(Matrix x, int[] leftOut, Matrix e, Matrix max, Matrix sum, Matrix sumX);

  /** {@code x[r, :] *= factors[r]}; x [R, W] and factors [1, R] contiguous. */
  void scaleRows(Matrix x, Matrix factors);

  /**
   * Copies {@code parts} matrices, each {@code step} numbers behind the one before, and rounds them
   * to the type of out. oneDNN only.
   *
   * @param x the first matrix
   * @param out the first matrix of the result
   */
  void convert(int parts, Matrix x, int xStep, Matrix out, int outStep);

  @Override
  void close();
}
