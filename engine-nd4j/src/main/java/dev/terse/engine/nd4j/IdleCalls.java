package dev.terse.engine.nd4j;

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
  public void product(Matrix a, Matrix b, Matrix c, double factor, double keep) {}

  @Override
  public void productTransposed(Matrix a, Matrix b, Matrix c, double factor, double keep) {}

  @Override
  public void transposedProduct(Matrix a, Matrix b, Matrix c, double factor, double keep) {}

  @Override
  public void products(int batch, Matrix a, Matrix b, Matrix c, double factor, double keep) {}

  @Override
  public void productsTransposed(
      int batch, Matrix a, Matrix b, Matrix c, double factor, double keep) {}

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
  public void productPacked(Matrix a, Matrix w, Matrix c) {}

  @Override
  public void close() {
    likeness.close();
  }
}
