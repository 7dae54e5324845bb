package dev.terse.engine.nd4j;

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
import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import dev.terse.engine.nd4j.attention.ArrayKvCache;
import dev.terse.engine.nd4j.attention.BlockAttention;
import dev.terse.engine.nd4j.attention.HostKvCache;
import dev.terse.engine.nd4j.calls.NativeCalls;
import dev.terse.engine.nd4j.calls.ThreadTeam;
import dev.terse.engine.nd4j.head.SoftmaxRows;
import dev.terse.engine.nd4j.head.VocabularyHead;
import dev.terse.engine.nd4j.kernels.ArrayKernels;
import dev.terse.engine.nd4j.kernels.HeapKernels;
import dev.terse.engine.nd4j.kernels.Matmuls;
import dev.terse.engine.nd4j.kernels.Operands;
import dev.terse.engine.nd4j.kernels.PackedWeights;
import dev.terse.engine.nd4j.kernels.RowKernels;
import dev.terse.engine.nd4j.memory.Block;
import dev.terse.engine.nd4j.memory.ChunkPool;
import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.nd4j.memory.Memory;
import dev.terse.engine.nd4j.memory.Nd4jArena;
import dev.terse.engine.nd4j.memory.Nd4jCompactTensor;
import dev.terse.engine.nd4j.memory.Nd4jTensor;
import dev.terse.engine.numbers.NumberType;
import dev.terse.engine.numbers.Storage;
import dev.terse.engine.spi.CheckedEngine;
import dev.terse.engine.spi.Turn;

/**
 * The operations on ND4J arrays, float32, with matmuls that may read bfloat16. Matmuls, softmax and
 * its backward are native ({@link NativeCalls}); the work between them is done by {@link
 * RowKernels}.
 *
 * <p>Results have the same bits in every run with the same number of threads. Native memory is held
 * by arenas, by tensors from {@link #allocate}, and by the engine's own scratch pools, which {@link
 * #close} frees.
 */
public final class Nd4jEngine extends CheckedEngine<Nd4jTensor> implements MeasuredEngine {
  private final Backend backend;
  private final ThreadTeam team;
  private final RowKernels kernels;
  private final Operands operands;
  private final PackedWeights packed;
  private final Matmuls matmuls;
  private final BlockAttention attention;
  private final SoftmaxRows softmaxRows;
  private final VocabularyHead head;

  /** An engine of float32. */
  public Nd4jEngine() {
    this(NumberType.FLOAT32);
  }

  /**
   * The engine that suits the loaded backend. System properties: {@code terse.nd4j.kernels} ({@code
   * onednn}, {@code heap} or {@code arrays}) and {@code terse.nd4j.threads} (all processors if
   * absent).
   *
   * @param matmuls the numbers that matmuls read
   * @throws IllegalArgumentException if the backend cannot serve that, with the reason
   */
  public Nd4jEngine(NumberType matmuls) {
    this(Backend.detect(matmuls));
  }

  /**
   * An engine with a forced choice.
   *
   * @throws IllegalArgumentException if the backend cannot serve it
   */
  public Nd4jEngine(KernelChoice kernels, NumberType matmuls, int threads) {
    this(Backend.detect(kernels, matmuls, threads));
  }

  @Override
  public Nd4jEngine counting() {
    return new Nd4jEngine(backend, new Memory(Memory.Access.NONE));
  }

  /** False where tensors lie in the memory of a GPU, which is ND4J's own to count. */
  @Override
  public boolean isMeasured() {
    return backend.host();
  }

  private Nd4jEngine(Backend backend) {
    this(backend, backend.newMemory());
  }

  private Nd4jEngine(Backend backend, Memory memory) {
    super(Nd4jTensor.OWN);
    this.backend = backend;
    this.team =
        new ThreadTeam(backend.threads(), backend::bindCurrentThread, backend::newCalls, memory);
    this.kernels =
        memory.isCounted()
            ? RowKernels.idle()
            : backend.hostPointers() ? new HeapKernels(team) : new ArrayKernels(team);
    this.operands = new Operands(team, kernels, backend.matmuls(), backend.operands());
    this.packed = new PackedWeights(team, operands, backend.packs());
    this.matmuls = new Matmuls(team, kernels, operands, packed);
    this.softmaxRows = new SoftmaxRows(team);
    this.attention = new BlockAttention(team, kernels, operands);
    this.head = new VocabularyHead(team, kernels, operands);
  }

  @Override
  public String description() {
    return backend.description();
  }

  @Override
  public Tensor allocate(Storage storage, int... shape) {
    if (storage != Storage.FULL) {
      return new Nd4jCompactTensor(team.memory(), storage, shape);
    }
    Shapes.requirePositive(shape);
    Block block = new Block(Shapes.size(shape), team.memory(), Block.Use.OWNED);
    Nd4jTensor tensor = Nd4jTensor.owning(block, shape);
    clear(tensor);
    return tensor;
  }

  @Override
  public boolean roundsWeights() {
    return backend.matmuls() == NumberType.BFLOAT16;
  }

  @Override
  public Arena arena() {
    return Nd4jArena.root(new ChunkPool(team.chunks()));
  }

  @Override
  protected void copy(Nd4jTensor from, Nd4jTensor to) {
    kernels.copy(from, to);
  }

  @Override
  protected void clear(Nd4jTensor t) {
    kernels.clear(t);
  }

  @Override
  protected void add(Nd4jTensor x, double factor, Nd4jTensor to) {
    kernels.add(x, factor, to);
  }

  @Override
  protected void embed(Nd4jTensor table, int[] ids, Nd4jTensor out) {
    kernels.gather(table, ids, out);
  }

  @Override
  protected void embedBackward(int[] ids, Nd4jTensor dOut, Nd4jTensor dTable) {
    kernels.scatterAdd(ids, dOut, dTable);
  }

  @Override
  protected void linear(Nd4jTensor x, Tensor w, Nd4jTensor bias, Nd4jTensor out) {
    matmuls.forward(x, weight(w), out);
    if (bias != null) {
      kernels.addBias(out, bias);
    }
  }

  @Override
  protected void linearBackwardInput(Nd4jTensor dy, Tensor w, Nd4jTensor dx, Write write) {
    matmuls.backwardInput(dy, weight(w), dx, write.beta());
  }

  /** A matmul's weight as it is stored. */
  private static Matrix weight(Tensor w) {
    return w instanceof Nd4jCompactTensor compact ? compact.matrix() : Matrix.of((Nd4jTensor) w);
  }

  @Override
  protected void linearBackwardWeight(
      Nd4jTensor dy, Nd4jTensor x, Nd4jTensor dw, Nd4jTensor dBias) {
    matmuls.backwardWeight(dy, x, dw);
    if (dBias != null) {
      kernels.addColumnSums(dy, dBias);
    }
  }

  @Override
  protected void scaleColumns(Nd4jTensor x, Nd4jTensor scale, Nd4jTensor bias, Nd4jTensor out) {
    kernels.scaleColumns(x, scale, bias, out);
  }

  @Override
  protected void addColumnDots(Nd4jTensor x, Nd4jTensor y, Nd4jTensor sums) {
    kernels.addColumnDots(x, y, sums);
  }

  @Override
  protected void dropout(Nd4jTensor x, double rate, long[] rowSeeds, Nd4jTensor out) {
    kernels.dropout(x, rate, rowSeeds, out);
  }

  @Override
  protected void rmsNorm(Nd4jTensor x, Nd4jTensor w, double eps, Nd4jTensor y) {
    kernels.rmsNorm(x, w, eps, y);
  }

  @Override
  protected void rmsNormBackward(
      Nd4jTensor x,
      Nd4jTensor w,
      double eps,
      Nd4jTensor dy,
      Nd4jTensor dx,
      Write write,
      Nd4jTensor dw) {
    kernels.rmsNormBackward(x, w, eps, dy, dx, write, dw);
  }

  @Override
  protected void rope(Nd4jTensor x, int[] positions, Rotary rotary, Turn turn) {
    kernels.rope(x, positions, rotary, turn);
  }

  @Override
  protected void swiglu(Nd4jTensor gate, Nd4jTensor up, Nd4jTensor out) {
    kernels.swiglu(gate, up, out);
  }

  @Override
  protected void swigluBackward(
      Nd4jTensor gate, Nd4jTensor up, Nd4jTensor dOut, Nd4jTensor dGate, Nd4jTensor dUp) {
    kernels.swigluBackward(gate, up, dOut, dGate, dUp);
  }

  @Override
  protected void softmaxRows(Nd4jTensor x, double factor, RowReader reader) {
    softmaxRows.read(x, factor, reader);
  }

  @Override
  protected void attention(
      Qkv<Nd4jTensor> in, Segments segments, AttentionShape shape, Nd4jTensor out) {
    attention.forward(in, segments, shape, out);
  }

  @Override
  protected void attentionBackward(
      Qkv<Nd4jTensor> in,
      Segments segments,
      AttentionShape shape,
      Nd4jTensor dOut,
      Qkv<Nd4jTensor> gradients) {
    attention.backward(in, segments, shape, dOut, gradients);
  }

  @Override
  public KvCache kvCache(int layers, AttentionShape shape, int maxNewTokens) {
    KvCache cache =
        kernels instanceof ArrayKernels arrays
            ? new ArrayKvCache(team, arrays, layers, shape, maxNewTokens, packed::end)
            : new HostKvCache(team, operands, layers, shape, maxNewTokens, packed::end);
    packed.begin();
    return cache;
  }

  @Override
  protected TokenScores tokenLogProbs(
      Nd4jTensor hidden,
      Nd4jTensor table,
      HeadRows rows,
      double temperature,
      HeadBackward<Nd4jTensor> backward) {
    return head.scores(hidden, table, rows, temperature, backward);
  }

  @Override
  protected void adamW(AdamW update, Nd4jTensor weight, Nd4jTensor gradient, Tensor m, Tensor v) {
    kernels.adamW(update, weight, gradient, m, v);
  }

  @Override
  protected double sumOfSquares(Nd4jTensor t) {
    return kernels.sumOfSquares(t);
  }

  @Override
  public long heldBytes() {
    return team.memory().held();
  }

  @Override
  public long pooledBytes() {
    return team.memory().pooled();
  }

  @Override
  public long peakBytes() {
    return team.memory().peak();
  }

  /** Native memory of the engine's own scratch pools, in bytes. */
  long scratchBytes() {
    return team.scratchBytes();
  }

  @Override
  public void close() {
    packed.close();
    team.close();
  }
}
