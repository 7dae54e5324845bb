package dev.terse.engine.nd4j;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;

/**
 * {@link NativeCalls} by oneDNN's own interface, on the memory of ND4J's arrays: operands in
 * float32 or bfloat16, outputs in float32, sums in float32, any strides.
 *
 * <p>A primitive serves one shape, and is made at its first use and kept. Training meets new shapes
 * with every batch, so what is kept is bounded.
 */
final class OneDnnCalls implements PackedCalls {
  /**
   * Primitives that are kept, those last used: a training step of one batch uses about 100,
   * decoding some hundreds. Each takes about 110 KB, most of it machine code.
   */
  private static final int KEPT = 768;

  /** Numbers of a float32 matrix that stay in a second-level cache with another one (128 KB). */
  private static final int CACHED = 1 << 15;

  private static final boolean TRANSPOSED = true;
  private static final boolean AS_IS = false;

  private final dnnl_stream stream = new dnnl_stream();
  private final Map<Object, OneDnnPrimitive> primitives =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, OneDnnPrimitive> eldest) {
          boolean full = size() > KEPT;
          if (full) {
            eldest.getValue().close();
          }
          return full;
        }
      };

  OneDnnCalls() {
    OneDnn.require(
        dnnl_stream_create(stream, OneDnn.engine(), dnnl_stream_in_order), "dnnl_stream_create");
  }

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
    multiply(1, a, AS_IS, b, AS_IS, c, factor, keep);
  }

  @Override
  public void productTransposed(Matrix a, Matrix b, Matrix c, double factor, double keep) {
    multiply(1, a, AS_IS, b, TRANSPOSED, c, factor, keep);
  }

  @Override
  public void transposedProduct(Matrix a, Matrix b, Matrix c, double factor, double keep) {
    multiply(1, a, TRANSPOSED, b, AS_IS, c, factor, keep);
  }

  @Override
  public void products(int batch, Matrix a, Matrix b, Matrix c, double factor, double keep) {
    multiply(batch, a, AS_IS, b, AS_IS, c, factor, keep);
  }

  @Override
  public void productsTransposed(
      int batch, Matrix a, Matrix b, Matrix c, double factor, double keep) {
    multiply(batch, a, AS_IS, b, TRANSPOSED, c, factor, keep);
  }

  @Override
  public void softmax(Matrix x, Matrix out) {
    SoftmaxShape shape = new SoftmaxShape(Layout.of(1, x), Layout.of(1, out));
    primitive(shape, this::newSoftmax).run(x.address(), out.address());
  }

  @Override
  public void softmaxBackward(Matrix x, Matrix p, Matrix dy, Matrix dx) {
    SlopeShape shape = new SlopeShape(Layout.of(1, p), Layout.of(1, dy), Layout.of(1, dx));
    primitive(shape, this::newSoftmaxBackward).run(p.address(), dy.address(), dx.address());
  }

  @Override
  public void exponentials(Matrix x, int[] leftOut, Matrix e, Matrix max, Matrix sum, Matrix sumX) {
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
    Layout rows = Layout.of(1, x);
    reduce(dnnl_reduction_max, x, max);
    primitive(new ExponentialShape(rows), this::newExponential)
        .run(x.address(), max.address(), e.address());
    e.clear(leftOut);
    reduce(dnnl_reduction_sum, e, sum);
    primitive(new WeightedShape(rows), this::newWeighted)
        .run(x.address(), max.address(), x.address(), e.address());
    reduce(dnnl_reduction_sum, x, sumX);
  }

  /** Greatest or sum of each row; of a single number that is itself, which oneDNN refuses to do. */
  private void reduce(int algorithm, Matrix x, Matrix out) {
    if (x.columns() == 1) {
      convert(1, x.reshaped(1, x.rows()), 0, out, 0);
      return;
    }
    primitive(new ReductionShape(algorithm, Layout.of(1, x)), this::newReduction)
        .run(x.address(), out.address());
  }

  @Override
  public void scaleRows(Matrix x, Matrix factors) {
    primitive(new ScalingShape(Layout.of(1, x)), this::newScaling)
        .run(x.address(), factors.address(), x.address());
    x.block().changed();
  }

  @Override
  public void convert(int parts, Matrix x, int xStep, Matrix out, int outStep) {
    CopyShape shape = new CopyShape(parts, Layout.of(1, x), xStep, Layout.of(1, out), outStep);
    primitive(shape, this::newCopy).run(x.address(), out.address());
  }

  private OneDnnPrimitive primitive(Object shape, Function<Object, OneDnnPrimitive> make) {
    OneDnnPrimitive found = primitives.get(shape);
    if (found == null) {
      found = make.apply(shape);
      primitives.put(shape, found);
    }
    return found;
  }

  /** How an operand lies in memory, seen as {@code batch} equal parts. */
  private record Layout(int batch, int rows, int columns, int stride, NumberType type) {
    static Layout of(int batch, Matrix m) {
      return new Layout(batch, m.rows() / batch, m.columns(), m.stride(), m.type());
    }

    /** As one matrix. */
    dnnl_memory_desc matrix(boolean transposed) {
      return transposed
          ? describe(type, new long[] {columns, rows}, new long[] {1, stride})
          : describe(type, new long[] {rows, columns}, new long[] {stride, 1});
    }

    /** As a batch of matrices. */
    dnnl_memory_desc description(boolean transposed) {
      long part = (long) rows * stride;
      return transposed
          ? describe(type, new long[] {batch, columns, rows}, new long[] {part, 1, stride})
          : describe(type, new long[] {batch, rows, columns}, new long[] {part, stride, 1});
    }
  }

  private static dnnl_memory_desc describe(NumberType type, long[] axes, long[] strides) {
    dnnl_memory_desc out = new dnnl_memory_desc();
    OneDnn.require(
        dnnl_memory_desc_create_with_strides(out, axes.length, axes, number(type), strides),
        "dnnl_memory_desc_create_with_strides");
    return out;
  }

  private static int number(NumberType type) {
    return type == NumberType.FLOAT32 ? dnnl_f32 : dnnl_bf16;
  }

  // Products --------------------------------------------------------------------------------------

  private record ProductShape(
      Layout a,
      boolean transposeA,
      Layout b,
      boolean transposeB,
      Layout c,
      double factor,
      double keep) {}

  private void multiply(
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
            Layout.of(batch, a),
            transposeA,
            Layout.of(batch, b),
            transposeB,
            Layout.of(batch, c),
            factor,
            keep);
    primitive(shape, this::newProduct).run(a.address(), b.address(), c.address());
    c.block().changed();
  }

  private OneDnnPrimitive newProduct(Object key) {
    ProductShape shape = (ProductShape) key;
    dnnl_memory_desc a = shape.a.description(shape.transposeA);
    dnnl_memory_desc b = shape.b.description(shape.transposeB);
    dnnl_memory_desc c = shape.c.description(AS_IS);
    return new OneDnnPrimitive(
        stream,
        (out, attributes) ->
            dnnl_matmul_primitive_desc_create(out, OneDnn.engine(), a, b, null, c, attributes),
        productAttributes(shape.factor, shape.keep),
        new int[] {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
        new dnnl_memory_desc[] {a, b, c});
  }

  /** {@code c = factor * product + keep * c}. */
  private static dnnl_primitive_attr productAttributes(double factor, double keep) {
    dnnl_post_ops after = newPostOps();
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
    return newAttributes(after);
  }

  private static dnnl_post_ops newPostOps() {
    dnnl_post_ops made = new dnnl_post_ops();
    OneDnn.require(dnnl_post_ops_create(made), "dnnl_post_ops_create");
    return made;
  }

  /** With these post-ops, which are freed. */
  private static dnnl_primitive_attr newAttributes(dnnl_post_ops after) {
    dnnl_primitive_attr attributes = newAttributes();
    OneDnn.require(
        dnnl_primitive_attr_set_post_ops(attributes, after), "dnnl_primitive_attr_set_post_ops");
    dnnl_post_ops_destroy(after);
    return attributes;
  }

  private static dnnl_primitive_attr newAttributes() {
    dnnl_primitive_attr attributes = new dnnl_primitive_attr();
    OneDnn.require(dnnl_primitive_attr_create(attributes), "dnnl_primitive_attr_create");
    return attributes;
  }

  // Packed weights --------------------------------------------------------------------------------

  /**
   * The layout of weights [O, I] does not depend on the rows that are multiplied; these are few.
   */
  private static final int FEW = 16;

  private record PackedShape(Layout a, Layout w, Layout c) {}

  private record PackingShape(Layout w) {}

  /** Bytes that weights [O, I] take in the order in which oneDNN reads them; some are padding. */
  static long packedBytes(Matrix w) {
    dnnl_memory_desc packed = packed(Layout.of(1, w));
    long bytes = dnnl_memory_desc_get_size(packed);
    dnnl_memory_desc_destroy(packed);
    return bytes;
  }

  @Override
  public void pack(Matrix w, Matrix out) {
    primitive(new PackingShape(Layout.of(1, w)), this::newPacking).run(w.address(), out.address());
  }

  @Override
  public void productPacked(Matrix a, Matrix w, Matrix c) {
    PackedShape shape = new PackedShape(Layout.of(1, a), Layout.of(1, w), Layout.of(1, c));
    primitive(shape, this::newPackedProduct).run(a.address(), w.address(), c.address());
    c.block().changed();
  }

  private OneDnnPrimitive newPackedProduct(Object key) {
    PackedShape shape = (PackedShape) key;
    dnnl_memory_desc a = shape.a.matrix(AS_IS);
    dnnl_memory_desc w = packed(shape.w);
    dnnl_memory_desc c = shape.c.matrix(AS_IS);
    return new OneDnnPrimitive(
        stream,
        (out, attributes) ->
            dnnl_matmul_primitive_desc_create(out, OneDnn.engine(), a, w, null, c, attributes),
        newAttributes(),
        new int[] {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
        new dnnl_memory_desc[] {a, w, c});
  }

  private OneDnnPrimitive newPacking(Object key) {
    Layout layout = ((PackingShape) key).w;
    dnnl_memory_desc w = layout.matrix(TRANSPOSED);
    dnnl_memory_desc out = packed(layout);
    return new OneDnnPrimitive(
        stream,
        (made, attributes) ->
            dnnl_reorder_primitive_desc_create(
                made, w, OneDnn.engine(), out, OneDnn.engine(), attributes),
        newAttributes(),
        new int[] {DNNL_ARG_FROM, DNNL_ARG_TO},
        new dnnl_memory_desc[] {w, out});
  }

  /** What oneDNN chooses for a product of few rows. */
  private static dnnl_memory_desc packed(Layout w) {
    int outputs = w.rows;
    int inputs = w.columns;
    dnnl_memory_desc a = describe(w.type, new long[] {FEW, inputs}, new long[] {inputs, 1});
    dnnl_memory_desc any = new dnnl_memory_desc();
    OneDnn.require(
        dnnl_memory_desc_create_with_tag(
            any, 2, new long[] {inputs, outputs}, number(w.type), dnnl_format_tag_any),
        "dnnl_memory_desc_create_with_tag");
    dnnl_memory_desc c =
        describe(NumberType.FLOAT32, new long[] {FEW, outputs}, new long[] {outputs, 1});
    dnnl_primitive_desc product = new dnnl_primitive_desc();
    OneDnn.require(
        dnnl_matmul_primitive_desc_create(product, OneDnn.engine(), a, any, null, c, null),
        "dnnl_matmul_primitive_desc_create");
    dnnl_memory_desc chosen = new dnnl_memory_desc();
    OneDnn.require(
        dnnl_memory_desc_clone(
            chosen, dnnl_primitive_desc_query_md(product, dnnl_query_weights_md, 0)),
        "dnnl_memory_desc_clone");
    dnnl_primitive_desc_destroy(product);
    dnnl_memory_desc_destroy(a);
    dnnl_memory_desc_destroy(any);
    dnnl_memory_desc_destroy(c);
    return chosen;
  }

  // Softmax ---------------------------------------------------------------------------------------

  private static final int COLUMNS_AXIS = 2;

  private record SoftmaxShape(Layout x, Layout out) {}

  private record SlopeShape(Layout p, Layout dy, Layout dx) {}

  private OneDnnPrimitive newSoftmax(Object key) {
    SoftmaxShape shape = (SoftmaxShape) key;
    dnnl_memory_desc x = shape.x.description(AS_IS);
    dnnl_memory_desc out = shape.out.description(AS_IS);
    return new OneDnnPrimitive(
        stream,
        (made, attributes) -> describeSoftmax(made, x, out, attributes),
        newAttributes(),
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

  private OneDnnPrimitive newSoftmaxBackward(Object key) {
    SlopeShape shape = (SlopeShape) key;
    dnnl_memory_desc p = shape.p.description(AS_IS);
    dnnl_memory_desc dy = shape.dy.description(AS_IS);
    dnnl_memory_desc dx = shape.dx.description(AS_IS);
    dnnl_primitive_desc forward = new dnnl_primitive_desc();
    OneDnn.require(describeSoftmax(forward, p, p, null), "the description of a softmax");
    OneDnnPrimitive made =
        new OneDnnPrimitive(
            stream,
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
            newAttributes(),
            new int[] {DNNL_ARG_DST, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_SRC},
            new dnnl_memory_desc[] {p, dy, dx});
    dnnl_primitive_desc_destroy(forward);
    return made;
  }

  // Rows ------------------------------------------------------------------------------------------

  private record ReductionShape(int algorithm, Layout x) {}

  private record ExponentialShape(Layout x) {}

  private record WeightedShape(Layout x) {}

  private record ScalingShape(Layout x) {}

  private OneDnnPrimitive newReduction(Object key) {
    ReductionShape shape = (ReductionShape) key;
    dnnl_memory_desc x = shape.x.description(AS_IS);
    dnnl_memory_desc out = column(shape.x);
    return new OneDnnPrimitive(
        stream,
        (made, attributes) ->
            dnnl_reduction_primitive_desc_create(
                made, OneDnn.engine(), shape.algorithm, x, out, 0, 0, attributes),
        newAttributes(),
        new int[] {DNNL_ARG_SRC, DNNL_ARG_DST},
        new dnnl_memory_desc[] {x, out});
  }

  /** {@code out = exp(x - column)}. */
  private OneDnnPrimitive newExponential(Object key) {
    dnnl_post_ops after = newPostOps();
    OneDnn.require(
        dnnl_post_ops_append_eltwise(after, dnnl_eltwise_exp, 0, 0),
        "dnnl_post_ops_append_eltwise");
    return newBinary(
        dnnl_binary_sub,
        ((ExponentialShape) key).x,
        newAttributes(after),
        DNNL_ARG_SRC_0,
        DNNL_ARG_SRC_1,
        DNNL_ARG_DST);
  }

  /** {@code out = (x - column) * e}. */
  private OneDnnPrimitive newWeighted(Object key) {
    Layout shape = ((WeightedShape) key).x;
    dnnl_post_ops after = newPostOps();
    dnnl_memory_desc e = shape.description(AS_IS);
    OneDnn.require(
        dnnl_post_ops_append_binary(after, dnnl_binary_mul, e), "dnnl_post_ops_append_binary");
    dnnl_memory_desc_destroy(e);
    return newBinary(
        dnnl_binary_sub,
        shape,
        newAttributes(after),
        DNNL_ARG_SRC_0,
        DNNL_ARG_SRC_1,
        DNNL_ARG_DST,
        DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | DNNL_ARG_SRC_1);
  }

  /** {@code out = x * column}. */
  private OneDnnPrimitive newScaling(Object key) {
    return newBinary(
        dnnl_binary_mul,
        ((ScalingShape) key).x,
        newAttributes(),
        DNNL_ARG_SRC_0,
        DNNL_ARG_SRC_1,
        DNNL_ARG_DST);
  }

  /** Of a matrix and a column; all other operands are like the matrix. */
  private OneDnnPrimitive newBinary(
      int algorithm, Layout shape, dnnl_primitive_attr attributes, int... roles) {
    dnnl_memory_desc[] operands = new dnnl_memory_desc[roles.length];
    for (int i = 0; i < roles.length; i++) {
      operands[i] = roles[i] == DNNL_ARG_SRC_1 ? column(shape) : shape.description(AS_IS);
    }
    return new OneDnnPrimitive(
        stream,
        (made, own) ->
            dnnl_binary_primitive_desc_create(
                made, OneDnn.engine(), algorithm, operands[0], operands[1], operands[2], own),
        attributes,
        roles,
        operands);
  }

  /** One float32 for each row. */
  private static dnnl_memory_desc column(Layout x) {
    return new Layout(1, x.rows, 1, 1, NumberType.FLOAT32).description(AS_IS);
  }

  // Copies ----------------------------------------------------------------------------------------

  private record CopyShape(int parts, Layout x, int xStep, Layout out, int outStep) {}

  private OneDnnPrimitive newCopy(Object key) {
    CopyShape shape = (CopyShape) key;
    dnnl_memory_desc x = parts(shape.parts, shape.x, shape.xStep);
    dnnl_memory_desc out = parts(shape.parts, shape.out, shape.outStep);
    return new OneDnnPrimitive(
        stream,
        (made, attributes) ->
            dnnl_reorder_primitive_desc_create(
                made, x, OneDnn.engine(), out, OneDnn.engine(), attributes),
        newAttributes(),
        new int[] {DNNL_ARG_FROM, DNNL_ARG_TO},
        new dnnl_memory_desc[] {x, out});
  }

  private static dnnl_memory_desc parts(int parts, Layout one, int step) {
    return describe(
        one.type, new long[] {parts, one.rows, one.columns}, new long[] {step, one.stride, 1});
  }

  @Override
  public void close() {
    primitives.values().forEach(OneDnnPrimitive::close);
    primitives.clear();
    dnnl_stream_destroy(stream);
  }
}
