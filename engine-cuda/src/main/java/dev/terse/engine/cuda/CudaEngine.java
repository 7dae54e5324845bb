package dev.terse.engine.cuda;

import dev.terse.engine.AdamW;
import dev.terse.engine.Arena;
import dev.terse.engine.AttentionShape;
import dev.terse.engine.HeadRows;
import dev.terse.engine.KvCache;
import dev.terse.engine.LogProbGradient;
import dev.terse.engine.MeasuredEngine;
import dev.terse.engine.OperationChecks;
import dev.terse.engine.Rotary;
import dev.terse.engine.RowReader;
import dev.terse.engine.Segments;
import dev.terse.engine.Storage;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import dev.terse.engine.cuda.Product.Operand;
import java.util.Optional;

/**
 * The operations on an NVIDIA GPU: products by cuBLAS, the rest by kernels of our own ({@code *.cu}
 * beside this class), which are compiled for the GPU at hand when the engine starts. For cards that
 * no release of nd4j-cuda can drive: Hopper, Ada, Blackwell, and older ones too.
 *
 * <p>Tensors are float32; products may read them rounded to bfloat16. Results have the same bits in
 * every run on the same card: no operation adds in an order that depends on timing.
 */
public final class CudaEngine implements MeasuredEngine {
  /** What the logits of a chunk of rows, and the scores of a block of queries, may take. */
  private static final long SCRATCH_BYTES = 256L << 20;

  private final Device device;
  private final boolean bfloat16;
  private final long scratchBytes;
  private final RowKernels kernels;
  private final Operands operands;
  private final CudaAttention attention;
  private final CudaHead head;
  private final CudaAdamW adamW;
  private final RowReading reading;

  /**
   * An engine on the first GPU.
   *
   * @param bfloat16 whether products read bfloat16 numbers; sums, norms, softmax and weights that
   *     change stay float32
   * @throws IllegalArgumentException if there is no GPU, it is too old or a CUDA library is
   *     missing, with the remedy
   */
  public CudaEngine(boolean bfloat16) {
    this(CudaDevice.open(bfloat16), bfloat16, SCRATCH_BYTES);
  }

  /** An engine on a device, which it closes. */
  CudaEngine(Device device, boolean bfloat16, long scratchBytes) {
    this.device = device;
    this.bfloat16 = bfloat16;
    this.scratchBytes = scratchBytes;
    this.kernels = new RowKernels(device);
    this.operands = new Operands(device, kernels, bfloat16);
    this.attention = new CudaAttention(device, kernels, operands.type(), scratchBytes);
    this.head = new CudaHead(device, kernels, operands, scratchBytes);
    this.adamW = new CudaAdamW(device);
    this.reading = new RowReading(device, kernels, scratchBytes);
  }

  @Override
  public CudaEngine counting() {
    return new CudaEngine(new CountingDevice(device.name()), bfloat16, scratchBytes);
  }

  @Override
  public long heldBytes() {
    return device.heldBytes();
  }

  /** None: what short-lived tensors and scratch have taken they give back at once. */
  @Override
  public long pooledBytes() {
    return 0;
  }

  @Override
  public long peakBytes() {
    return device.peakBytes();
  }

  @Override
  public Optional<DeviceRoom> deviceRoom() {
    return Optional.of(device.room());
  }

  @Override
  public String description() {
    return "cuda "
        + device.name()
        + ", "
        + (bfloat16 ? "bfloat16 products" : "float32")
        + ", products by cuBLAS, the rest by kernels compiled for this card";
  }

  @Override
  public Tensor allocate(Storage storage, int... shape) {
    if (storage != Storage.FULL) {
      return new CudaCompactTensor(device, storage, shape);
    }
    CudaTensor tensor = CudaTensor.owning(device, shape);
    clear(tensor);
    return tensor;
  }

  @Override
  public boolean roundsWeights() {
    return bfloat16;
  }

  @Override
  public Arena arena() {
    return new CudaArena(device, null);
  }

  @Override
  public void copy(Tensor from, Tensor to) {
    OperationChecks.sameSize("to", to, "from", from);
    device.copy(CudaTensor.of(from).address(), CudaTensor.written(to).address(), from.byteSize());
  }

  @Override
  public void clear(Tensor t) {
    device.clear(CudaTensor.written(t).address(), t.byteSize());
  }

  @Override
  public void add(Tensor x, double factor, Tensor to) {
    OperationChecks.sameSize("to", to, "x", x);
    kernels.add(CudaTensor.of(x), factor, CudaTensor.written(to));
  }

  @Override
  public void embed(Tensor table, int[] ids, Tensor out) {
    OperationChecks.embed(table, ids, out);
    kernels.gather(CudaTensor.of(table), ids, CudaTensor.written(out));
  }

  @Override
  public void embedBackward(int[] ids, Tensor dOut, Tensor dTable) {
    OperationChecks.embedBackward(ids, dOut, dTable);
    kernels.scatterAdd(ids, CudaTensor.of(dOut), CudaTensor.written(dTable));
  }

  @Override
  public void linear(Tensor x, Tensor w, Tensor bias, Tensor out) {
    OperationChecks.linear(x, w, bias, out);
    CudaTensor result = CudaTensor.written(out);
    try (Scratch scratch = new Scratch(device)) {
      Operand input = operands.of(CudaTensor.of(x), scratch);
      Operand weight = operands.weight(w, scratch);
      device.multiply(new Product(input, weight.transpose(), Operand.of(result), 1, 0));
    }
    if (bias != null) {
      kernels.scaleColumns(result, null, CudaTensor.of(bias), result);
    }
  }

  @Override
  public void linearBackwardInput(Tensor dy, Tensor w, Tensor dx, boolean adds) {
    OperationChecks.linearBackwardInput(dy, w, dx);
    try (Scratch scratch = new Scratch(device)) {
      Operand slope = operands.of(CudaTensor.of(dy), scratch);
      Operand weight = operands.weight(w, scratch);
      Operand sums = Operand.of(CudaTensor.written(dx));
      device.multiply(new Product(slope, weight, sums, 1, adds ? 1 : 0));
    }
  }

  @Override
  public void linearBackwardWeight(Tensor dy, Tensor x, Tensor dw, Tensor dBias) {
    OperationChecks.linearBackwardWeight(dy, x, dw, dBias);
    try (Scratch scratch = new Scratch(device)) {
      Operand slope = operands.of(CudaTensor.of(dy), scratch);
      Operand input = operands.of(CudaTensor.of(x), scratch);
      Operand sums = Operand.of(CudaTensor.written(dw));
      device.multiply(new Product(slope.transpose(), input, sums, 1, 1));
    }
    if (dBias != null) {
      kernels.addColumnDots(CudaTensor.of(dy), null, CudaTensor.written(dBias));
    }
  }

  @Override
  public void scaleColumns(Tensor x, Tensor scale, Tensor bias, Tensor out) {
    OperationChecks.scaleColumns(x, scale, bias, out);
    kernels.scaleColumns(
        CudaTensor.of(x), CudaTensor.of(scale), CudaTensor.of(bias), CudaTensor.written(out));
  }

  @Override
  public void addColumnDots(Tensor x, Tensor y, Tensor sums) {
    OperationChecks.addColumnDots(x, y, sums);
    kernels.addColumnDots(CudaTensor.of(x), CudaTensor.of(y), CudaTensor.written(sums));
  }

  @Override
  public void dropout(Tensor x, double rate, long[] rowSeeds, Tensor out) {
    OperationChecks.dropout(x, rate, rowSeeds, out);
    kernels.dropout(CudaTensor.of(x), rate, rowSeeds, CudaTensor.written(out));
  }

  @Override
  public void rmsNorm(Tensor x, Tensor w, double eps, Tensor y) {
    OperationChecks.rmsNorm(x, w, eps, y);
    kernels.rmsNorm(CudaTensor.of(x), CudaTensor.of(w), eps, CudaTensor.written(y));
  }

  @Override
  public void rmsNormBackward(
      Tensor x, Tensor w, double eps, Tensor dy, Tensor dx, boolean adds, Tensor dw) {
    OperationChecks.rmsNormBackward(x, w, eps, dy, dx, dw);
    kernels.rmsNormBackward(
        CudaTensor.of(x),
        CudaTensor.of(w),
        eps,
        CudaTensor.of(dy),
        CudaTensor.written(dx),
        adds,
        CudaTensor.written(dw));
  }

  @Override
  public void rope(Tensor x, int[] positions, Rotary rotary, boolean inverse) {
    OperationChecks.rope(x, positions, rotary);
    kernels.rope(CudaTensor.written(x), positions, rotary, inverse);
  }

  @Override
  public void swiglu(Tensor gate, Tensor up, Tensor out) {
    OperationChecks.swiglu(gate, up, out);
    kernels.swiglu(CudaTensor.of(gate), CudaTensor.of(up), CudaTensor.written(out));
  }

  @Override
  public void swigluBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
    OperationChecks.swigluBackward(gate, up, dOut, dGate, dUp);
    kernels.swigluBackward(
        CudaTensor.of(gate),
        CudaTensor.of(up),
        CudaTensor.of(dOut),
        CudaTensor.written(dGate),
        CudaTensor.written(dUp));
  }

  @Override
  public void softmaxRows(Tensor x, double factor, RowReader reader) {
    OperationChecks.softmaxRows(x);
    reading.softmax(CudaTensor.of(x), factor, reader);
  }

  @Override
  public void attention(
      Tensor q, Tensor k, Tensor v, Segments segments, AttentionShape shape, Tensor out) {
    OperationChecks.attention(q, k, v, segments, shape, out);
    attention.forward(
        CudaTensor.of(q),
        CudaTensor.of(k),
        CudaTensor.of(v),
        segments,
        shape,
        CudaTensor.written(out));
  }

  @Override
  public void attentionBackward(
      Tensor q,
      Tensor k,
      Tensor v,
      Segments segments,
      AttentionShape shape,
      Tensor dOut,
      Tensor dq,
      Tensor dk,
      Tensor dv) {
    OperationChecks.attentionBackward(q, k, v, segments, shape, dOut, dq, dk, dv);
    attention.backward(
        CudaTensor.of(q),
        CudaTensor.of(k),
        CudaTensor.of(v),
        segments,
        shape,
        CudaTensor.of(dOut),
        CudaTensor.written(dq),
        CudaTensor.written(dk),
        CudaTensor.written(dv));
  }

  @Override
  public KvCache kvCache(int layers, AttentionShape shape, int maxNewTokens) {
    return new CudaKvCache(device, kernels, layers, shape, maxNewTokens);
  }

  @Override
  public TokenScores tokenLogProbs(
      Tensor hidden, Tensor headTable, HeadRows rows, double temperature) {
    OperationChecks.tokenLogProbs(hidden, headTable, rows, temperature);
    return head.scores(CudaTensor.of(hidden), CudaTensor.of(headTable), rows, temperature);
  }

  @Override
  public TokenScores tokenLogProbs(
      Tensor hidden,
      Tensor headTable,
      HeadRows rows,
      double temperature,
      LogProbGradient loss,
      Tensor dHidden,
      TableGradient dHead) {
    OperationChecks.tokenLogProbs(hidden, headTable, rows, temperature, dHidden, dHead);
    return head.scores(
        CudaTensor.of(hidden),
        CudaTensor.of(headTable),
        rows,
        temperature,
        loss,
        CudaTensor.written(dHidden),
        dHead);
  }

  @Override
  public void adamW(AdamW update, Tensor weight, Tensor gradient, Tensor m, Tensor v) {
    OperationChecks.adamW(update, weight, gradient, m, v);
    adamW.update(update, CudaTensor.written(weight), CudaTensor.of(gradient), m, v);
  }

  @Override
  public double sumOfSquares(Tensor t) {
    return kernels.sumOfSquares(CudaTensor.of(t));
  }

  @Override
  public void close() {
    reading.close();
    adamW.close();
    kernels.close();
    device.close();
  }
}
