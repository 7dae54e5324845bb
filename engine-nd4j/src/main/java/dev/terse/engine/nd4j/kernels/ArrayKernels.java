package dev.terse.engine.nd4j.kernels;

import dev.terse.engine.AdamW;
import dev.terse.engine.DropoutMask;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.Rotary;
import dev.terse.engine.Tensor;
import dev.terse.engine.nd4j.calls.ArrayOps;
import dev.terse.engine.nd4j.calls.ThreadTeam;
import dev.terse.engine.nd4j.memory.ChunkPool;
import dev.terse.engine.nd4j.memory.Nd4jTensor;
import dev.terse.engine.numbers.Storage;
import dev.terse.engine.spi.Turn;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Row kernels in ND4J operations only: no host pointers, so they serve on every backend. */
public final class ArrayKernels implements RowKernels {
  /**
   * Elements that one step of an optimizer or a norm takes: bounds the scratch memory. Whole blocks
   * of 8-bit numbers.
   */
  private static final int SLICE = 1 << 22;

  private final ThreadTeam team;
  private final Map<Integer, INDArray> masks = new ConcurrentHashMap<>();

  public ArrayKernels(ThreadTeam team) {
    this.team = team;
  }

  @Override
  public void copy(Nd4jTensor from, Nd4jTensor to) {
    to.arrayOf(to.size()).assign(from.arrayOf(from.size()));
  }

  @Override
  public void clear(Nd4jTensor t) {
    t.array().assign(0);
  }

  @Override
  public void add(Nd4jTensor x, double factor, Nd4jTensor to) {
    ArrayOps.addScaled(x.arrayOf(x.size()), factor, to.arrayOf(to.size()));
  }

  @Override
  public void addBias(Nd4jTensor out, Nd4jTensor bias) {
    ArrayOps.add(out.array(), bias.arrayOf(1, bias.size()), out.array());
  }

  @Override
  public void addColumnSums(Nd4jTensor dy, Nd4jTensor dBias) {
    try (INDArray sums = dy.array().sum(0)) {
      dBias.array().addi(sums);
    }
  }

  @Override
  public void scaleColumns(Nd4jTensor x, Nd4jTensor scale, Nd4jTensor bias, Nd4jTensor out) {
    ArrayOps.multiply(x.array(), scale.arrayOf(1, scale.size()), out.array());
    if (bias != null) {
      addBias(out, bias);
    }
  }

  @Override
  public void addColumnDots(Nd4jTensor x, Nd4jTensor y, Nd4jTensor sums) {
    try (ChunkPool.Frame own = team.scratch(0)) {
      Nd4jTensor product = own.floats(x.shape());
      ArrayOps.multiply(x.array(), y.array(), product.array());
      addColumnSums(product, sums);
    }
  }

  @Override
  public void dropout(Nd4jTensor x, double rate, long[] rowSeeds, Nd4jTensor out) {
    int width = x.rowSize();
    try (ChunkPool.Frame own = team.scratch(0)) {
      Nd4jTensor factors = own.floats(x.shape());
      DropoutMask mask = new DropoutMask(rate, width);
      for (int r = 0; r < rowSeeds.length; r++) {
        factors.store((long) r * width, mask.factors(rowSeeds[r]), 0, width);
      }
      ArrayOps.multiply(x.array(), factors.array(), out.array());
    }
  }

  @Override
  public void gather(Nd4jTensor table, int[] ids, Nd4jTensor out) {
    ArrayOps.gather(table.array(), ids, out.array());
  }

  @Override
  public void scatterAdd(int[] ids, Nd4jTensor x, Nd4jTensor table) {
    // Row by row: ND4J's scatter_add has no fixed order for equal ids on CUDA.
    for (int i = 0; i < ids.length; i++) {
      INDArray row = table.rowsView(ids[i], ids[i] + 1).array();
      row.addi(x.rowsView(i, i + 1).array());
    }
  }

  @Override
  public void rmsNorm(Nd4jTensor x, Nd4jTensor w, double eps, Nd4jTensor y) {
    try (ChunkPool.Frame own = team.scratch(0);
        INDArray r = inverseRms(own, x, eps)) {
      ArrayOps.multiply(x.array(), r, y.array());
      ArrayOps.multiply(y.array(), w.arrayOf(1, w.size()), y.array());
    }
  }

  /** With x̂ = x r and g = dy w: {@code dx = r (g - x̂ mean(g x̂))}, {@code dw += Σ dy x̂}. */
  @Override
  public void rmsNormBackward(
      Nd4jTensor x,
      Nd4jTensor w,
      double eps,
      Nd4jTensor dy,
      Nd4jTensor dx,
      Write write,
      Nd4jTensor dw) {
    try (ChunkPool.Frame own = team.scratch(0);
        INDArray r = inverseRms(own, x, eps)) {
      INDArray normed = own.floats(x.shape()).array();
      INDArray g = own.floats(x.shape()).array();
      INDArray product = own.floats(x.shape()).array();
      ArrayOps.multiply(x.array(), r, normed);
      ArrayOps.multiply(dy.array(), normed, product);
      try (INDArray sums = product.sum(0)) {
        dw.array().addi(sums);
      }
      ArrayOps.multiply(dy.array(), w.arrayOf(1, w.size()), g);
      ArrayOps.multiply(g, normed, product);
      try (INDArray mean = product.mean(1)) {
        ArrayOps.multiply(normed, mean.reshape(x.rows(), 1), normed);
      }
      ArrayOps.subtract(g, normed, g);
      ArrayOps.multiply(g, r, g);
      if (write == Write.ADD) {
        dx.array().addi(g);
      } else {
        dx.array().assign(g);
      }
    }
  }

  /** 1 / sqrt(mean(x²) + eps) of each row, [R, 1]; a new array. */
  private static INDArray inverseRms(ChunkPool.Frame own, Nd4jTensor x, double eps) {
    INDArray squares = own.floats(x.shape()).array();
    ArrayOps.multiply(x.array(), x.array(), squares);
    INDArray mean = squares.mean(1).addi(eps);
    Transforms.sqrt(mean, false);
    return mean.rdivi(1).reshape(x.rows(), 1);
  }

  @Override
  public void rope(Nd4jTensor x, int[] positions, Rotary rotary, Turn turn) {
    int half = rotary.headDim() / 2;
    int n = x.rows();
    int heads = x.rowSize() / rotary.headDim();
    RotaryTable table = RotaryTable.of(positions, rotary);
    long[] shape = {n, heads, half};
    long[] strides = {x.rowSize(), rotary.headDim(), 1};
    INDArray low = x.block().strided(x.offset(), shape, strides);
    INDArray high = x.block().strided(x.offset() + half, shape, strides);
    try (ChunkPool.Frame own = team.scratch(0);
        INDArray cosines = Nd4j.createFromArray(table.cos());
        INDArray sines = Nd4j.createFromArray(table.sin())) {
      INDArray cos = upperHalves(cosines, n, half);
      INDArray sin = upperHalves(turn == Turn.BACK ? sines.negi() : sines, n, half);
      INDArray turnedLow = own.floats(n, heads, half).array();
      INDArray turnedHigh = own.floats(n, heads, half).array();
      INDArray part = own.floats(n, heads, half).array();
      ArrayOps.multiply(low, cos, turnedLow);
      ArrayOps.multiply(high, sin, part);
      turnedLow.subi(part);
      ArrayOps.multiply(high, cos, turnedHigh);
      ArrayOps.multiply(low, sin, part);
      turnedHigh.addi(part);
      low.assign(turnedLow);
      high.assign(turnedHigh);
    }
  }

  /** The upper halves of n rows, [n, 1, half]: there the sines of a table have their own sign. */
  private static INDArray upperHalves(INDArray table, int n, int half) {
    return table
        .reshape(n, 1, 2L * half)
        .get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(half, 2 * half));
  }

  @Override
  public void swiglu(Nd4jTensor gate, Nd4jTensor up, Nd4jTensor out) {
    try (ChunkPool.Frame own = team.scratch(0)) {
      INDArray s = sigmoid(own, gate);
      ArrayOps.multiply(s, gate.array(), s);
      ArrayOps.multiply(s, up.array(), out.array());
    }
  }

  /** {@code silu'(x) = σ (1 + x (1 - σ))}. */
  @Override
  public void swigluBackward(
      Nd4jTensor gate, Nd4jTensor up, Nd4jTensor dOut, Nd4jTensor dGate, Nd4jTensor dUp) {
    try (ChunkPool.Frame own = team.scratch(0)) {
      INDArray s = sigmoid(own, gate);
      INDArray derivative = own.floats(gate.shape()).array();
      INDArray silu = own.floats(gate.shape()).array();
      ArrayOps.multiply(s, gate.array(), silu);
      s.rsubi(1, derivative);
      ArrayOps.multiply(derivative, silu, derivative);
      ArrayOps.add(derivative, s, derivative);
      ArrayOps.multiply(derivative, up.array(), derivative);
      ArrayOps.multiply(derivative, dOut.array(), dGate.array());
      ArrayOps.multiply(silu, dOut.array(), dUp.array());
    }
  }

  /** {@code σ(x) = 0.5 + 0.5 tanh(x / 2)}: ND4J's tanh is ten times as fast as its sigmoid. */
  private static INDArray sigmoid(ChunkPool.Frame own, Nd4jTensor x) {
    INDArray s = own.floats(x.shape()).array();
    x.array().muli(0.5, s);
    ArrayOps.tanh(s, s);
    return s.muli(0.5).addi(0.5);
  }

  @Override
  public void splitColumns(Nd4jTensor x, int parts, Nd4jTensor out) {
    long n = x.rows();
    long width = x.rowSize() / parts;
    out.arrayOf(parts, n, width).assign(x.arrayOf(n, parts, width).permute(1, 0, 2));
  }

  @Override
  public void joinColumns(Nd4jTensor x, int parts, Nd4jTensor out) {
    long n = out.rows();
    long width = out.rowSize() / parts;
    out.arrayOf(n, parts, width).assign(x.arrayOf(parts, n, width).permute(1, 0, 2));
  }

  @Override
  public void maskFuture(Nd4jTensor scores, int queries, int group) {
    long keys = scores.rowSize();
    INDArray corner =
        scores
            .block()
            .strided(
                scores.offset() + keys - queries,
                new long[] {queries, group, queries},
                new long[] {group * keys, keys, 1});
    ArrayOps.add(corner, masks.computeIfAbsent(queries, ArrayKernels::mask), corner);
  }

  /** 0 on and below the diagonal, minus infinity above, [queries, 1, queries]. */
  private static INDArray mask(int queries) {
    float[] values = new float[queries * queries];
    for (int n = 0; n < queries; n++) {
      for (int t = n + 1; t < queries; t++) {
        values[n * queries + t] = Float.NEGATIVE_INFINITY;
      }
    }
    return Nd4j.createFromArray(values).reshape(queries, 1, queries);
  }

  @Override
  public void adamW(AdamW update, Nd4jTensor weight, Nd4jTensor gradient, Tensor m, Tensor v) {
    if (m.storage() != Storage.FULL || v.storage() != Storage.FULL) {
      // ND4J has no operation that rounds at random or to a map: through the heap, slice by slice.
      HeapAdamW piece = new HeapAdamW(update, weight, gradient, m, v);
      HeapBuffers own = new HeapBuffers();
      for (long from = 0; from < weight.size(); from += SLICE) {
        piece.update(own, from, (int) Math.min(SLICE, weight.size() - from));
      }
      return;
    }
    for (long from = 0; from < weight.size(); from += SLICE) {
      int count = (int) Math.min(SLICE, weight.size() - from);
      try (ChunkPool.Frame own = team.scratch(0)) {
        adamW(
            update,
            slice(weight, from, count),
            slice(gradient, from, count),
            slice((Nd4jTensor) m, from, count),
            slice((Nd4jTensor) v, from, count),
            own.floats(count).array());
      }
    }
  }

  private static void adamW(
      AdamW update, INDArray weight, INDArray gradient, INDArray m, INDArray v, INDArray t) {
    gradient.muli(update.gradScale(), t);
    m.muli(update.beta1());
    ArrayOps.addScaled(t, 1 - update.beta1(), m);
    t.muli(t);
    v.muli(update.beta2());
    ArrayOps.addScaled(t, 1 - update.beta2(), v);
    v.divi(update.correction2(), t);
    Transforms.sqrt(t, false);
    t.addi(update.epsilon());
    ArrayOps.divide(m, t, t);
    weight.muli(1 - update.learningRate() * update.weightDecay());
    ArrayOps.addScaled(t, -update.learningRate() / update.correction1(), weight);
  }

  @Override
  public double sumOfSquares(Nd4jTensor t) {
    double sum = 0;
    for (long from = 0; from < t.size(); from += SLICE) {
      sum += ArrayOps.sumOfSquares(slice(t, from, (int) Math.min(SLICE, t.size() - from)));
    }
    return sum;
  }

  private static INDArray slice(Nd4jTensor t, long from, int count) {
    return t.block().view(t.offset() + from, count);
  }
}
