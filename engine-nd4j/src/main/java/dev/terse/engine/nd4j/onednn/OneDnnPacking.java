package dev.terse.engine.nd4j.onednn;

import static dev.terse.engine.nd4j.onednn.OneDnnLayout.AS_IS;
import static dev.terse.engine.nd4j.onednn.OneDnnLayout.TRANSPOSED;
import static org.bytedeco.dnnl.global.dnnl.*;

import dev.terse.engine.nd4j.calls.PackedCalls;
import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.numbers.NumberType;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** Matmuls of few rows by weights that were put in order before. */
public final class OneDnnPacking {
  /**
   * The layout of weights [O, I] does not depend on the rows that are multiplied; these are few.
   */
  private static final int FEW = 16;

  private final OneDnnPrimitives primitives;

  OneDnnPacking(OneDnnPrimitives primitives) {
    this.primitives = primitives;
  }

  private record PackedShape(OneDnnLayout a, OneDnnLayout w, OneDnnLayout c) {}

  private record PackingShape(OneDnnLayout w) {}

  /** {@link PackedCalls#packedBytes}. */
  static long packedBytes(Matrix w) {
    dnnl_memory_desc packed = packed(OneDnnLayout.of(1, w));
    long bytes = dnnl_memory_desc_get_size(packed);
    dnnl_memory_desc_destroy(packed);
    return bytes;
  }

  /** {@link PackedCalls#pack}. */
  void pack(Matrix w, Matrix out) {
    primitives
        .of(new PackingShape(OneDnnLayout.of(1, w)), this::newPacking)
        .run(w.address(), out.address());
  }

  /** {@link PackedCalls#matmulPacked}. */
  void matmulPacked(Matrix a, Matrix w, Matrix c) {
    PackedShape shape =
        new PackedShape(OneDnnLayout.of(1, a), OneDnnLayout.of(1, w), OneDnnLayout.of(1, c));
    primitives.of(shape, this::newPackedProduct).run(a.address(), w.address(), c.address());
  }

  private OneDnnPrimitive newPackedProduct(PackedShape shape) {
    dnnl_memory_desc a = shape.a.matrix(AS_IS);
    dnnl_memory_desc w = packed(shape.w);
    dnnl_memory_desc c = shape.c.matrix(AS_IS);
    return new OneDnnPrimitive(
        primitives,
        (out, attributes) -> OneDnnBrgemm.describe(out, a, w, c, attributes),
        OneDnnAttributes.of(),
        new int[] {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
        new dnnl_memory_desc[] {a, w, c});
  }

  private OneDnnPrimitive newPacking(PackingShape shape) {
    dnnl_memory_desc w = shape.w.matrix(TRANSPOSED);
    dnnl_memory_desc out = packed(shape.w);
    return new OneDnnPrimitive(
        primitives,
        (made, attributes) ->
            dnnl_reorder_primitive_desc_create(
                made, w, OneDnn.engine(), out, OneDnn.engine(), attributes),
        OneDnnAttributes.of(),
        new int[] {DNNL_ARG_FROM, DNNL_ARG_TO},
        new dnnl_memory_desc[] {w, out});
  }

  /**
   * The order that oneDNN chooses for a matmul of few rows, where it also takes it when it is told
   * so; without AVX-512 it does not, and [I, O] row by row serves.
   */
  private static dnnl_memory_desc packed(OneDnnLayout w) {
    int outputs = w.rows();
    int inputs = w.columns();
    dnnl_memory_desc a =
        OneDnnLayout.describe(w.type(), new long[] {FEW, inputs}, new long[] {inputs, 1});
    dnnl_memory_desc c =
        OneDnnLayout.describe(
            NumberType.FLOAT32, new long[] {FEW, outputs}, new long[] {outputs, 1});
    dnnl_memory_desc any = new dnnl_memory_desc();
    OneDnn.require(
        dnnl_memory_desc_create_with_tag(
            any,
            2,
            new long[] {inputs, outputs},
            OneDnnLayout.number(w.type()),
            dnnl_format_tag_any),
        "dnnl_memory_desc_create_with_tag");
    dnnl_primitive_desc matmul = new dnnl_primitive_desc();
    OneDnn.require(OneDnnBrgemm.describe(matmul, a, any, c, null), "a matmul of packed weights");
    dnnl_memory_desc chosen = new dnnl_memory_desc();
    OneDnn.require(
        dnnl_memory_desc_clone(
            chosen, dnnl_primitive_desc_query_md(matmul, dnnl_query_weights_md, 0)),
        "dnnl_memory_desc_clone");
    dnnl_primitive_desc_destroy(matmul);
    dnnl_memory_desc_destroy(any);
    dnnl_primitive_desc told = new dnnl_primitive_desc();
    if (OneDnnBrgemm.describe(told, a, chosen, c, null) == dnnl_success) {
      dnnl_primitive_desc_destroy(told);
    } else {
      dnnl_memory_desc_destroy(chosen);
      chosen =
          OneDnnLayout.describe(w.type(), new long[] {inputs, outputs}, new long[] {outputs, 1});
    }
    dnnl_memory_desc_destroy(a);
    dnnl_memory_desc_destroy(c);
    return chosen;
  }
}
