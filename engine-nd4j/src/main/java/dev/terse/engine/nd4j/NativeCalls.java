package dev.terse.engine.nd4j;

/**
 * The ND4J operations that do the heavy work, with outputs given by the caller. An instance keeps
 * native call frames, so it belongs to one thread.
 */
interface NativeCalls extends AutoCloseable {

  /** {@code c = factor * a · b + keep * c}. */
  void product(Matrix a, Matrix b, Matrix c, double factor, double keep);

  /** {@code c = factor * a · bᵀ + keep * c}. */
  void productTransposed(Matrix a, Matrix b, Matrix c, double factor, double keep);

  /** {@code c = factor * aᵀ · b + keep * c}. */
  void transposedProduct(Matrix a, Matrix b, Matrix c, double factor, double keep);

  /** {@link #product} of each of {@code batch} equal parts of a, b and c; contiguous. */
  void products(int batch, Matrix a, Matrix b, Matrix c, double factor, double keep);

  /** {@link #productTransposed} of each of {@code batch} equal parts of a, b and c; contiguous. */
  void productsTransposed(int batch, Matrix a, Matrix b, Matrix c, double factor, double keep);

  /** Softmax of each row; contiguous; out may be x. */
  void softmax(Matrix x, Matrix out);

  /**
   * Backward of {@link #softmax}.
   *
   * @param x the input of the forward, not its output
   * @param dx may not be dy
   */
  void softmaxBackward(Matrix x, Matrix dy, Matrix dx);

  @Override
  void close();
}
