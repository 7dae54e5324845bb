package dev.terse.engine.nd4j.calls;

import dev.terse.engine.nd4j.memory.Matrix;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.nd4j.nativeblas.OpaqueContext;

/**
 * {@link NativeCalls} on host addresses: the same native operations as {@link ArrayCalls}, called
 * without making an INDArray for every operand. That matters where calls are many and small: an
 * INDArray view costs about as much as a whole small matmul.
 */
public final class PointerCalls implements NativeCalls {
  /** In place of a batch size: operands of rank 2. */
  private static final int MATRIX = 0;

  private final NativeOps ops = NativeOpsHolder.getInstance().getDeviceNativeOps();
  private final Map<Shape, Pointer> shapes = new HashMap<>();
  private final Map<Form, Frame> matmuls = new EnumMap<>(Form.class);
  private final Frame softmax = new Frame("softmax", 2);
  private final Frame softmaxBackward = new Frame("softmax_bp", 2);

  public PointerCalls() {
    for (Form form : Form.values()) {
      int a = form.transposesA() ? 1 : 0;
      int b = form.transposesB() ? 1 : 0;
      matmuls.put(form, new Frame("matmul", a, b, 0));
    }
  }

  @Override
  public void matmul(Form form, Matrix a, Matrix b, Matrix c, double alpha, double beta) {
    matmul(form, MATRIX, a, b, c, alpha, beta);
  }

  @Override
  public void matmul(
      Form form, int batch, Matrix a, Matrix b, Matrix c, double alpha, double beta) {
    matmuls.get(form).scalars(alpha, beta).run(batch, c, a, b);
  }

  // Rank 3 for softmax too: oneDNN serves it there, not in rank 2.

  @Override
  public void softmax(Matrix x, Matrix out) {
    softmax.run(1, out, x);
  }

  @Override
  public void softmaxBackward(Matrix x, Matrix p, Matrix dy, Matrix dx) {
    softmaxBackward.run(1, dx, x, dy);
  }

  @Override
  public void exponentials(Matrix x, int[] leftOut, Matrix e, Matrix max, Matrix sum, Matrix sumX) {
    HeapExponentials.run(this, x, leftOut, e, max, sum, sumX);
  }

  @Override
  public void scaleRows(Matrix x, Matrix factors) {
    HeapExponentials.scale(x, factors);
  }

  @Override
  public int steadyRows() {
    return STEADY_ROWS_OF_ND4J;
  }

  @Override
  public boolean readsColumnsInPlace() {
    return false;
  }

  @Override
  public void convert(int parts, Matrix x, int xStep, Matrix out, int outStep) {
    throw new IllegalStateException("ND4J's own operations have no conversions between strides");
  }

  @Override
  public void close() {
    matmuls.values().forEach(Frame::close);
    softmax.close();
    softmaxBackward.close();
  }

  /** Key of a native shape descriptor; ND4J keeps each for good, one for all equal shapes. */
  private record Shape(int batch, int rows, int columns, int stride) {}

  private Pointer shape(int batch, Matrix m) {
    return shapes.computeIfAbsent(
        new Shape(batch, m.rows(), m.columns(), m.stride()),
        s -> {
          long[] axes = {s.rows, s.columns};
          long[] strides = {s.stride, 1};
          if (s.batch != MATRIX) {
            long rows = s.rows / s.batch;
            axes = new long[] {s.batch, rows, s.columns};
            strides = new long[] {rows * s.stride, s.stride, 1};
          }
          // The step that visits all elements in order, where there is one; else 0.
          long elementStride = s.stride == s.columns ? 1 : 0;
          boolean empty = false;
          DataBuffer descriptor =
              Nd4j.getShapeInfoProvider()
                  .createShapeInformation(axes, strides, elementStride, 'c', DataType.FLOAT, empty)
                  .getFirst();
          return descriptor.addressPointer();
        });
  }

  /** A pointer that can be aimed. */
  private static final class Address extends Pointer {
    Address at(Matrix m) {
      address = m.block().address() + m.offset() * Float.BYTES;
      return this;
    }
  }

  /** A native call frame of one operation with fixed integer arguments. */
  private final class Frame {
    private final long operation;
    private final OpaqueContext context = ops.createGraphContext(1);
    private final DoublePointer scalars = new DoublePointer(2);
    private final Address[] addresses = {new Address(), new Address(), new Address()};
    private double alpha = Double.NaN;
    private double beta = Double.NaN;

    Frame(String name, long... integers) {
      operation = DynamicCustomOp.builder(name).build().opHash();
      try (LongPointer pointer = new LongPointer(integers)) {
        ops.setGraphContextIArguments(context, pointer, integers.length);
      }
    }

    Frame scalars(double newAlpha, double newBeta) {
      if (newAlpha != alpha || newBeta != beta) {
        alpha = newAlpha;
        beta = newBeta;
        scalars.put(0, alpha).put(1, beta);
        ops.setGraphContextTArguments(context, scalars, 2);
      }
      return this;
    }

    void run(int batch, Matrix out, Matrix... inputs) {
      for (int i = 0; i < inputs.length; i++) {
        ops.setGraphContextInputArray(
            context, i, addresses[i].at(inputs[i]), shape(batch, inputs[i]), null, null);
      }
      ops.setGraphContextOutputArray(
          context, 0, addresses[2].at(out), shape(batch, out), null, null);
      if (ops.execCustomOp2(null, operation, context) != 0) {
        throw new IllegalStateException("ND4J: " + ops.lastErrorMessage());
      }
      // A frame holds a native descriptor of every array it was ever given until it is purged.
      ops.ctxPurge(context);
    }

    void close() {
      ops.deleteGraphContext(context);
      scalars.close();
    }
  }
}
