package dev.terse.engine.nd4j;

import static dev.terse.engine.nd4j.OneDnnLayout.AS_IS;
import static org.bytedeco.dnnl.global.dnnl.*;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;

/** Products, batched or not. */
final class OneDnnProducts {
  private final OneDnnPrimitives primitives;

  OneDnnProducts(OneDnnPrimitives primitives) {
    this.primitives = primitives;
  }

  private record ProductShape(
      OneDnnLayout a,
      boolean transposeA,
      OneDnnLayout b,
      boolean transposeB,
      OneDnnLayout c,
      double factor,
      double keep) {}

  /** {@code c = factor * a · b + keep * c}, for each of {@code batch} parts. */
  void multiply(
      int batch,
      Matrix a,
      boolean transposeA,
      Matrix b,
      boolean transposeB,
      Matrix c,
      double factor,
      double keep) {
    ProductShape shape =
        new ProductShape(
            OneDnnLayout.of(batch, a),
            transposeA,
            OneDnnLayout.of(batch, b),
            transposeB,
            OneDnnLayout.of(batch, c),
            factor,
            keep);
    primitives.of(shape, this::newProduct).run(a.address(), b.address(), c.address());
    c.block().changed();
  }

  private OneDnnPrimitive newProduct(ProductShape shape) {
    dnnl_memory_desc a = shape.a.description(shape.transposeA);
    dnnl_memory_desc b = shape.b.description(shape.transposeB);
    dnnl_memory_desc c = shape.c.description(AS_IS);
    return new OneDnnPrimitive(
        primitives.stream(),
        (out, attributes) ->
            shape.transposeA
                ? OneDnnMatmul.describeSumOverRows(out, a, b, c, attributes)
                : OneDnnMatmul.describe(out, a, b, c, attributes),
        productAttributes(shape.factor, shape.keep),
        new int[] {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
        new dnnl_memory_desc[] {a, b, c});
  }

  /** {@code c = factor * product + keep * c}. */
  private static dnnl_primitive_attr productAttributes(double factor, double keep) {
    dnnl_post_ops after = OneDnnAttributes.postOps();
    if (factor != 1) {
      OneDnn.require(
          dnnl_post_ops_append_eltwise(after, dnnl_eltwise_linear, (float) factor, 0),
          "dnnl_post_ops_append_eltwise");
    }
    if (keep != 0) {
      OneDnn.require(
          dnnl_post_ops_append_sum(after, (float) keep, 0, dnnl_data_type_undef),
          "dnnl_post_ops_append_sum");
    }
    return OneDnnAttributes.of(after);
  }
}
