package dev.terse.engine.nd4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.terse.engine.nd4j.calls.NativeCalls;
import dev.terse.engine.nd4j.memory.Matrix;
import org.bytedeco.dnnl.dnnl_memory_desc;

/** Copies between strides and number types. */
final class OneDnnCopies {
  private final OneDnnPrimitives primitives;

  OneDnnCopies(OneDnnPrimitives primitives) {
    this.primitives = primitives;
  }

  /** {@link NativeCalls#convert}. */
  void convert(int parts, Matrix x, int xStep, Matrix out, int outStep) {
    CopyShape shape =
        new CopyShape(parts, OneDnnLayout.of(1, x), xStep, OneDnnLayout.of(1, out), outStep);
    primitives.of(shape, this::newCopy).run(x.address(), out.address());
  }

  private record CopyShape(int parts, OneDnnLayout x, int xStep, OneDnnLayout out, int outStep) {}

  private OneDnnPrimitive newCopy(CopyShape shape) {
    dnnl_memory_desc x = parts(shape.parts, shape.x, shape.xStep);
    dnnl_memory_desc out = parts(shape.parts, shape.out, shape.outStep);
    return new OneDnnPrimitive(
        primitives,
        (made, attributes) ->
            dnnl_reorder_primitive_desc_create(
                made, x, OneDnn.engine(), out, OneDnn.engine(), attributes),
        OneDnnAttributes.of(),
        new int[] {DNNL_ARG_FROM, DNNL_ARG_TO},
        new dnnl_memory_desc[] {x, out});
  }

  private static dnnl_memory_desc parts(int parts, OneDnnLayout one, int step) {
    return OneDnnLayout.describe(
        one.type(),
        new long[] {parts, one.rows(), one.columns()},
        new long[] {step, one.stride(), 1});
  }
}
