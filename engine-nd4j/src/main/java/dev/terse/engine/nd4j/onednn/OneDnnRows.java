package dev.terse.engine.nd4j.onednn;

import static dev.terse.engine.nd4j.onednn.OneDnnLayout.AS_IS;
import static org.bytedeco.dnnl.global.dnnl.*;

import dev.terse.engine.nd4j.calls.NativeCalls;
import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.numbers.NumberType;
import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;

/** Statistics of rows, and rows times a factor of each. */
final class OneDnnRows {
  /** Numbers of a float32 matrix that stay in a second-level cache with another one (128 KB). */
  private static final int CACHED = 1 << 15;

  private final OneDnnPrimitives primitives;
  private final OneDnnCopies copies;

  OneDnnRows(OneDnnPrimitives primitives, OneDnnCopies copies) {
    this.primitives = primitives;
    this.copies = copies;
  }

  /** {@link NativeCalls#exponentials}. */
  void exponentials(Matrix x, int[] leftOut, Matrix e, Matrix max, Matrix sum, Matrix sumX) {
    int step = Math.max(1, CACHED / x.columns());
    for (int from = 0; from < x.rows(); from += step) {
      int to = Math.min(x.rows(), from + step);
      exponentialsOfPiece(
          x.rows(from, to),
          Arrays.copyOfRange(leftOut, from, to),
          e.rows(from, to),
          max.columns(from, to),
          sum.columns(from, to),
          sumX.columns(from, to));
    }
  }

  private void exponentialsOfPiece(
      Matrix x, int[] leftOut, Matrix e, Matrix max, Matrix sum, Matrix sumX) {
    OneDnnLayout rows = OneDnnLayout.of(1, x);
    reduce(dnnl_reduction_max, x, max);
    primitives
        .of(new ExponentialShape(rows), this::newExponential)
        .run(x.address(), max.address(), e.address());
    e.clear(leftOut);
    reduce(dnnl_reduction_sum, e, sum);
    primitives
        .of(new WeightedShape(rows), this::newWeighted)
        .run(x.address(), max.address(), x.address(), e.address());
    reduce(dnnl_reduction_sum, x, sumX);
  }

  /** Greatest or sum of each row; of a single number that is itself, which oneDNN refuses to do. */
  private void reduce(int algorithm, Matrix x, Matrix out) {
    if (x.columns() == 1) {
      copies.convert(1, x.reshaped(1, x.rows()), 0, out, 0);
      return;
    }
    primitives
        .of(new ReductionShape(algorithm, OneDnnLayout.of(1, x)), this::newReduction)
        .run(x.address(), out.address());
  }

  /** {@link NativeCalls#scaleRows}. */
  void scale(Matrix x, Matrix factors) {
    primitives
        .of(new ScalingShape(OneDnnLayout.of(1, x)), this::newScaling)
        .run(x.address(), factors.address(), x.address());
  }

  private record ReductionShape(int algorithm, OneDnnLayout x) {}

  private record ExponentialShape(OneDnnLayout x) {}

  private record WeightedShape(OneDnnLayout x) {}

  private record ScalingShape(OneDnnLayout x) {}

  private OneDnnPrimitive newReduction(ReductionShape shape) {
    dnnl_memory_desc x = shape.x.description(AS_IS);
    dnnl_memory_desc out = column(shape.x);
    return new OneDnnPrimitive(
        primitives,
        (made, attributes) ->
            dnnl_reduction_primitive_desc_create(
                made, OneDnn.engine(), shape.algorithm, x, out, 0, 0, attributes),
        OneDnnAttributes.of(),
        new int[] {DNNL_ARG_SRC, DNNL_ARG_DST},
        new dnnl_memory_desc[] {x, out});
  }

  /** {@code out = exp(x - column)}. */
  private OneDnnPrimitive newExponential(ExponentialShape shape) {
    dnnl_post_ops after = OneDnnAttributes.postOps();
    OneDnn.require(
        dnnl_post_ops_append_eltwise(after, dnnl_eltwise_exp, 0, 0),
        "dnnl_post_ops_append_eltwise");
    return newBinary(
        dnnl_binary_sub,
        shape.x,
        OneDnnAttributes.of(after),
        DNNL_ARG_SRC_0,
        DNNL_ARG_SRC_1,
        DNNL_ARG_DST);
  }

  /** {@code out = (x - column) * e}. */
  private OneDnnPrimitive newWeighted(WeightedShape shape) {
    dnnl_post_ops after = OneDnnAttributes.postOps();
    dnnl_memory_desc e = shape.x.description(AS_IS);
    OneDnn.require(
        dnnl_post_ops_append_binary(after, dnnl_binary_mul, e), "dnnl_post_ops_append_binary");
    dnnl_memory_desc_destroy(e);
    return newBinary(
        dnnl_binary_sub,
        shape.x,
        OneDnnAttributes.of(after),
        DNNL_ARG_SRC_0,
        DNNL_ARG_SRC_1,
        DNNL_ARG_DST,
        DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | DNNL_ARG_SRC_1);
  }

  /** {@code out = x * column}. */
  private OneDnnPrimitive newScaling(ScalingShape shape) {
    return newBinary(
        dnnl_binary_mul,
        shape.x,
        OneDnnAttributes.of(),
        DNNL_ARG_SRC_0,
        DNNL_ARG_SRC_1,
        DNNL_ARG_DST);
  }

  /** Of a matrix and a column; all other operands are like the matrix. */
  private OneDnnPrimitive newBinary(
      int algorithm, OneDnnLayout shape, dnnl_primitive_attr attributes, int... roles) {
    dnnl_memory_desc[] operands = new dnnl_memory_desc[roles.length];
    for (int i = 0; i < roles.length; i++) {
      operands[i] = roles[i] == DNNL_ARG_SRC_1 ? column(shape) : shape.description(AS_IS);
    }
    return new OneDnnPrimitive(
        primitives,
        (made, own) ->
            dnnl_binary_primitive_desc_create(
                made, OneDnn.engine(), algorithm, operands[0], operands[1], operands[2], own),
        attributes,
        roles,
        operands);
  }

  /** One float32 for each row. */
  private static dnnl_memory_desc column(OneDnnLayout x) {
    return new OneDnnLayout(1, x.rows(), 1, 1, NumberType.FLOAT32).description(AS_IS);
  }
}
