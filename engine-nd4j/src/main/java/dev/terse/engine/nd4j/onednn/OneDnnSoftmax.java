package dev.terse.engine.nd4j.onednn;

import static dev.terse.engine.nd4j.onednn.OneDnnLayout.AS_IS;
import static org.bytedeco.dnnl.global.dnnl.*;

import dev.terse.engine.nd4j.calls.NativeCalls;
import dev.terse.engine.nd4j.memory.Matrix;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** Softmax over each row, and back. */
final class OneDnnSoftmax {
  private static final int COLUMNS_AXIS = 2;

  private final OneDnnPrimitives primitives;

  OneDnnSoftmax(OneDnnPrimitives primitives) {
    this.primitives = primitives;
  }

  /** {@link NativeCalls#softmax}. */
  void forward(Matrix x, Matrix out) {
    SoftmaxShape shape = new SoftmaxShape(OneDnnLayout.of(1, x), OneDnnLayout.of(1, out));
    primitives.of(shape, this::newSoftmax).run(x.address(), out.address());
  }

  /** {@link NativeCalls#softmaxBackward}. */
  void backward(Matrix p, Matrix dy, Matrix dx) {
    SlopeShape shape =
        new SlopeShape(OneDnnLayout.of(1, p), OneDnnLayout.of(1, dy), OneDnnLayout.of(1, dx));
    primitives.of(shape, this::newSoftmaxBackward).run(p.address(), dy.address(), dx.address());
  }

  private record SoftmaxShape(OneDnnLayout x, OneDnnLayout out) {}

  private record SlopeShape(OneDnnLayout p, OneDnnLayout dy, OneDnnLayout dx) {}

  private OneDnnPrimitive newSoftmax(SoftmaxShape shape) {
    dnnl_memory_desc x = shape.x.description(AS_IS);
    dnnl_memory_desc out = shape.out.description(AS_IS);
    return new OneDnnPrimitive(
        primitives,
        (made, attributes) -> describeSoftmax(made, x, out, attributes),
        OneDnnAttributes.of(),
        new int[] {DNNL_ARG_SRC, DNNL_ARG_DST},
        new dnnl_memory_desc[] {x, out});
  }

  private static int describeSoftmax(
      dnnl_primitive_desc made,
      dnnl_memory_desc x,
      dnnl_memory_desc out,
      dnnl_primitive_attr attributes) {
    return dnnl_softmax_forward_primitive_desc_create(
        made,
        OneDnn.engine(),
        dnnl_forward_training,
        dnnl_softmax_accurate,
        x,
        out,
        COLUMNS_AXIS,
        attributes);
  }

  private OneDnnPrimitive newSoftmaxBackward(SlopeShape shape) {
    dnnl_memory_desc p = shape.p.description(AS_IS);
    dnnl_memory_desc dy = shape.dy.description(AS_IS);
    dnnl_memory_desc dx = shape.dx.description(AS_IS);
    dnnl_primitive_desc forward = new dnnl_primitive_desc();
    OneDnn.require(describeSoftmax(forward, p, p, null), "the description of a softmax");
    OneDnnPrimitive made =
        new OneDnnPrimitive(
            primitives,
            (out, attributes) ->
                dnnl_softmax_backward_primitive_desc_create(
                    out,
                    OneDnn.engine(),
                    dnnl_softmax_accurate,
                    dx,
                    dy,
                    p,
                    COLUMNS_AXIS,
                    forward,
                    attributes),
            OneDnnAttributes.of(),
            new int[] {DNNL_ARG_DST, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_SRC},
            new dnnl_memory_desc[] {p, dy, dx});
    dnnl_primitive_desc_destroy(forward);
    return made;
  }
}
