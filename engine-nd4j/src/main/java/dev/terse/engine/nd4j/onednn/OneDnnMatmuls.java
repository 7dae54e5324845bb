package dev.terse.engine.nd4j.onednn;

import static dev.terse.engine.nd4j.onednn.OneDnnLayout.AS_IS;
import static org.bytedeco.dnnl.global.dnnl.*;

import dev.terse.engine.nd4j.calls.NativeCalls.Form;
import dev.terse.engine.nd4j.memory.Matrix;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;

/** Matmuls, batched or not. */
final class OneDnnMatmuls {
  private final OneDnnPrimitives primitives;

  OneDnnMatmuls(OneDnnPrimitives primitives) {
    this.primitives = primitives;
  }

  private record MatmulShape(
      Form form, OneDnnLayout a, OneDnnLayout b, OneDnnLayout c, double alpha, double beta) {}

  /** {@code c = alpha * a · b + beta * c}, for each of {@code batch} parts. */
  void multiply(Form form, int batch, Matrix a, Matrix b, Matrix c, double alpha, double beta) {
    MatmulShape shape =
        new MatmulShape(
            form,
            OneDnnLayout.of(batch, a),
            OneDnnLayout.of(batch, b),
            OneDnnLayout.of(batch, c),
            alpha,
            beta);
    primitives.of(shape, this::newMatmul).run(a.address(), b.address(), c.address());
  }

  private OneDnnPrimitive newMatmul(MatmulShape shape) {
    dnnl_memory_desc a = shape.a.description(shape.form.transposesA());
    dnnl_memory_desc b = shape.b.description(shape.form.transposesB());
    dnnl_memory_desc c = shape.c.description(AS_IS);
    return new OneDnnPrimitive(
        primitives,
        (out, attributes) ->
            shape.form == Form.ATB
                ? OneDnnBrgemm.describeSumOverRows(out, a, b, c, attributes)
                : OneDnnBrgemm.describe(out, a, b, c, attributes),
        attributes(shape.alpha, shape.beta),
        new int[] {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
        new dnnl_memory_desc[] {a, b, c});
  }

  /** {@code c = alpha * a · b + beta * c}. */
  private static dnnl_primitive_attr attributes(double alpha, double beta) {
    dnnl_post_ops after = OneDnnAttributes.postOps();
    if (alpha != 1) {
      OneDnn.require(
          dnnl_post_ops_append_eltwise(after, dnnl_eltwise_linear, (float) alpha, 0),
          "dnnl_post_ops_append_eltwise");
    }
    if (beta != 0) {
      OneDnn.require(
          dnnl_post_ops_append_sum(after, (float) beta, 0, dnnl_data_type_undef),
          "dnnl_post_ops_append_sum");
    }
    return OneDnnAttributes.of(after);
  }
}
