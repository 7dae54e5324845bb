package dev.terse.engine.cuda;

import dev.terse.engine.AdamW;
import dev.terse.engine.Arena;
import dev.terse.engine.AttentionShape;
import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.KvCache;
import dev.terse.engine.MeasuredEngine;
import dev.terse.engine.Qkv;
import dev.terse.engine.Rotary;
import dev.terse.engine.RowReader;
import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import dev.terse.engine.cuda.device.CountingDevice;
import dev.terse.engine.cuda.device.CudaDevice;
import dev.terse.engine.cuda.device.Device;
import dev.terse.engine.cuda.device.Matmul;
import dev.terse.engine.cuda.device.Matmul.Operand;
import dev.terse.engine.cuda.device.Scratch;
import dev.terse.engine.numbers.NumberType;
import dev.terse.engine.numbers.Storage;
import dev.terse.engine.spi.CheckedEngine;
import dev.terse.engine.spi.OwnTensors;
import dev.terse.engine.spi.Turn;
import java.util.Optional;

/**
 * The operations on an NVIDIA GPU: matmuls by cuBLAS, the rest by kernels of our own ({@code *.cu}
 * of the device package), which are compiled for the GPU at hand when the engine starts. For cards
 * that no release of nd4j-cuda can drive: Hopper, Ada, Blackwell, and older ones too.
 *
 * <p>Tensors are float32; matmuls may read them rounded to bfloat16. Results have the same bits in
 * every run on the same card: no operation adds in an order that depends on timing.
 */
public final class CudaEngine extends CheckedEngine<CudaTensor> implements MeasuredEngine {
  static final OwnTensors<CudaTensor> OWN =
      new OwnTensors<>("cuda", CudaTensor.class, CudaCompactTensor.class);

  /** What the logits of a chunk of rows, and the scores of a block of queries, may take. */
  private static final long SCRATCH_BYTES = 256L << 20;

  private final Device device;
  private final NumberType matmuls;
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
   * @param matmuls the numbers that they read; sums, norms, softmax and weights that change stay
   *     float32
   * @throws IllegalArgumentException if there is no GPU, it is too old or a CUDA library is
   *     missing, with the remedy
   */
  public CudaEngine(NumberType matmuls) {
    this(CudaDevice.open(matmuls), matmuls, SCRATCH_BYTES);
  }

  /** An engine on a device, which it closes. */
  CudaEngine(Device device, NumberType matmuls, long scratchBytes) {
    super(OWN);
    this.device = device;
    this.matmuls = matmuls;
    this.scratchBytes = scratchBytes;
    this.kernels = new RowKernels(device);
    this.operands = new Operands(device, kernels, matmuls);
    this.attention = new CudaAttention(device, kernels, matmuls, scratchBytes);
    this.head = new CudaHead(device, kernels, operands, scratchBytes);
    this.adamW = new CudaAdamW(device);
    this.reading = new RowReading(device, kernels, scratchBytes);
  }

  @Override
  public CudaEngine counting() {
    return new CudaEngine(new CountingDevice(device.name()), matmuls, scratchBytes);
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
  public Optional<DeviceCapacity> deviceCapacity() {
    return Optional.of(device.capacity());
  }

  @Override
  public String description() {
    return "cuda "
        + device.name()
        + ", "
        + (roundsWeights() ? "bfloat16 matmuls" : "float32")
        + ", matmuls by cuBLAS, the rest by kernels compiled for this card";
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
    return matmuls == NumberType.BFLOAT16;
  }

  @Override
  public Arena arena() {
    return new CudaArena(device, null);
  }

  @Override
  protected void copy(CudaTensor from, CudaTensor to) {
    device.copy(from.address(), to.address(), from.byteSize());
  }

  @Override
  protected void clear(CudaTensor t) {
    kernels.clear(t);
  }

  @Override
  protected void add(CudaTensor x, double factor, CudaTensor to) {
    kernels.add(x, factor, to);
  }

  @Override
  protected void embed(CudaTensor table, int[] ids, CudaTensor out) {
    kernels.gather(table, ids, out);
  }

  @Override
  protected void embedBackward(int[] ids, CudaTensor dOut, CudaTensor dTable) {
    kernels.scatterAdd(ids, dOut, dTable);
  }

  @Override
  protected void linear(CudaTensor x, Tensor w, CudaTensor bias, CudaTensor out) {
    try (Scratch scratch = new Scratch(device)) {
      Operand input = operands.of(x, scratch);
      Operand weight = operands.weight(w, scratch);
      device.multiply(new Matmul(input, weight.transpose(), out.operand(), 1, 0));
    }
    if (bias != null) {
      kernels.scaleColumns(out, null, bias, out);
    }
  }

  @Override
  protected void linearBackwardInput(CudaTensor dy, Tensor w, CudaTensor dx, Write write) {
    try (Scratch scratch = new Scratch(device)) {
      Operand dOut = operands.of(dy, scratch);
      Operand weight = operands.weight(w, scratch);
      device.multiply(new Matmul(dOut, weight, dx.operand(), 1, write.beta()));
    }
  }

  @Override
  protected void linearBackwardWeight(
      CudaTensor dy, CudaTensor x, CudaTensor dw, CudaTensor dBias) {
    try (Scratch scratch = new Scratch(device)) {
      Operand dOut = operands.of(dy, scratch);
      Operand input = operands.of(x, scratch);
      device.multiply(new Matmul(dOut.transpose(), input, dw.operand(), 1, 1));
    }
    if (dBias != null) {
      kernels.addColumnDots(dy, null, dBias);
    }
  }

  @Override
  protected void scaleColumns(CudaTensor x, CudaTensor scale, CudaTensor bias, CudaTensor out) {
    kernels.scaleColumns(x, scale, bias, out);
  }

  @Override
  protected void addColumnDots(CudaTensor x, CudaTensor y, CudaTensor sums) {
    kernels.addColumnDots(x, y, sums);
  }

  @Override
  protected void dropout(CudaTensor x, double rate, long[] rowSeeds, CudaTensor out) {
    kernels.dropout(x, rate, rowSeeds, out);
  }

  @Override
  protected void rmsNorm(CudaTensor x, CudaTensor w, double eps, CudaTensor y) {
    kernels.rmsNorm(x, w, eps, y);
  }

  @Override
  protected void rmsNormBackward(
      CudaTensor x,
      CudaTensor w,
      double eps,
      CudaTensor dy,
      CudaTensor dx,
      Write write,
      CudaTensor dw) {
    kernels.rmsNormBackward(x, w, eps, dy, dx, write, dw);
  }

  @Override
  protected void rope(CudaTensor x, int[] positions, Rotary rotary, Turn turn) {
    kernels.rope(x, positions, rotary, turn);
  }

  @Override
  protected void swiglu(CudaTensor gate, CudaTensor up, CudaTensor out) {
    kernels.swiglu(gate, up, out);
  }

  @Override
  protected void swigluBackward(
      CudaTensor gate, CudaTensor up, CudaTensor dOut, CudaTensor dGate, CudaTensor dUp) {
    kernels.swigluBackward(gate, up, dOut, dGate, dUp);
  }

  @Override
  protected void softmaxRows(CudaTensor x, double factor, RowReader reader) {
    reading.softmax(x, factor, reader);
  }

  @Override
  protected void attention(
      Qkv<CudaTensor> in, Segments segments, AttentionShape shape, CudaTensor out) {
    attention.forward(in, segments, shape, out);
  }

  @Override
  protected void attentionBackward(
      Qkv<CudaTensor> in,
      Segments segments,
      AttentionShape shape,
      CudaTensor dOut,
      Qkv<CudaTensor> gradients) {
    attention.backward(in, segments, shape, dOut, gradients);
  }

  @Override
  public KvCache kvCache(int layers, AttentionShape shape, int maxNewTokens) {
    return new CudaKvCache(device, kernels, layers, shape, maxNewTokens);
  }

  @Override
  protected TokenScores tokenLogProbs(
      CudaTensor hidden,
      CudaTensor table,
      HeadRows rows,
      double temperature,
      HeadBackward<CudaTensor> backward) {
    return head.scores(hidden, table, rows, temperature, backward);
  }

  @Override
  protected void adamW(AdamW update, CudaTensor weight, CudaTensor gradient, Tensor m, Tensor v) {
    adamW.update(update, weight, gradient, m, v);
  }

  @Override
  protected double sumOfSquares(CudaTensor t) {
    return kernels.sumOfSquares(t);
  }

  @Override
  public void close() {
    reading.close();
    adamW.close();
    kernels.close();
    device.close();
  }
}
