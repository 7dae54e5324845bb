package dev.terse.engine.nd4j.calls;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.reduce3.Dot;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.Axpy;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J operations under the names of the formulas, outputs given; shapes broadcast as in NumPy. */
public final class ArrayOps {
  private ArrayOps() {}

  public static void multiply(INDArray a, INDArray b, INDArray out) {
    call("multiply", a, b, out);
  }

  public static void add(INDArray a, INDArray b, INDArray out) {
    call("add", a, b, out);
  }

  public static void subtract(INDArray a, INDArray b, INDArray out) {
    call("subtract", a, b, out);
  }

  public static void divide(INDArray a, INDArray b, INDArray out) {
    call("divide", a, b, out);
  }

  /** {@code to += factor * x}, of one shape. */
  public static void addScaled(INDArray x, double factor, INDArray to) {
    Nd4j.exec(new Axpy(x, to, to, factor));
  }

  public static void tanh(INDArray x, INDArray out) {
    Nd4j.exec(new Tanh(x, out));
  }

  /** Sums of the products of the rows of two matrices, [R]; a new array. */
  static INDArray rowDots(INDArray a, INDArray b) {
    return Nd4j.exec(new Dot(a, b, 1));
  }

  public static void gather(INDArray table, int[] ids, INDArray out) {
    try (INDArray indices = Nd4j.createFromArray(ids)) {
      Nd4j.exec(
          DynamicCustomOp.builder("gather")
              .addInputs(table, indices)
              .addOutputs(out)
              .addIntegerArguments(0)
              .build());
    }
  }

  /** Sum of squares in double precision. */
  public static double sumOfSquares(INDArray x) {
    try (INDArray wide = x.castTo(DataType.DOUBLE)) {
      wide.muli(wide);
      return wide.sumNumber().doubleValue();
    }
  }

  private static void call(String name, INDArray a, INDArray b, INDArray out) {
    Nd4j.exec(DynamicCustomOp.builder(name).addInputs(a, b).addOutputs(out).build());
  }
}
