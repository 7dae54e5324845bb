package dev.terse.engine.nd4j;

import static dev.terse.engine.nd4j.OneDnnLayout.AS_IS;
import static dev.terse.engine.nd4j.OneDnnLayout.TRANSPOSED;

/**
 * {@link NativeCalls} by oneDNN's own interface, on the memory of ND4J's arrays: operands in
 * float32 or bfloat16, outputs in float32, sums in float32, any strides.
 */
final class OneDnnCalls implements PackedCalls {
  private final OneDnnPrimitives primitives = new OneDnnPrimitives();
  private final OneDnnProducts products = new OneDnnProducts(primitives);
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
  public void product(Matrix a, Matrix b, Matrix c, double factor, double keep) {
    products.multiply(1, a, AS_IS, b, AS_IS, c, factor, keep);
  }

  @Override
  public void productTransposed(Matrix a, Matrix b, Matrix c, double factor, double keep) {
    products.multiply(1, a, AS_IS, b, TRANSPOSED, c, factor, keep);
  }

  @Override
  public void transposedProduct(Matrix a, Matrix b, Matrix c, double factor, double keep) {
    products.multiply(1, a, TRANSPOSED, b, AS_IS, c, factor, keep);
  }

  @Override
  public void products(int batch, Matrix a, Matrix b, Matrix c, double factor, double keep) {
    products.multiply(batch, a, AS_IS, b, AS_IS, c, factor, keep);
  }

  @Override
  public void productsTransposed(
      int batch, Matrix a, Matrix b, Matrix c, double factor, double keep) {
    products.multiply(batch, a, AS_IS, b, TRANSPOSED, c, factor, keep);
  }

  @Override
  public void pack(Matrix w, Matrix out) {
    packing.pack(w, out);
  }

  @Override
  public void productPacked(Matrix a, Matrix w, Matrix c) {
    packing.productPacked(a, w, c);
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
