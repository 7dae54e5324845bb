package dev.terse.engine.nd4j;

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
import dev.terse.engine.Shapes;
import dev.terse.engine.Storage;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;

/**
 * The operations on ND4J arrays, float32, with products that may read bfloat16. Products, softmax
 * and its backward are native ({@link NativeCalls}); the work between them is done by {@link
 * RowKernels}.
 *
 * <p>Results have the same bits in every run with the same number of threads. Native memory is held
 * by arenas, by tensors from {@link #allocate}, and by the engine's own scratch pools, which {@link
 * #close} frees.
 */
public final class Nd4jEngine implements MeasuredEngine {
  private final Backend backend;
  private final Crew crew;
  private final RowKernels kernels;
  private final PackedWeights packed;
  private final Products products;
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
   * @param products the numbers that products read
   * @throws IllegalArgumentException if the backend cannot serve that, with the reason
   */
  public Nd4jEngine(NumberType products) {
    this(Backend.detect(products));
  }

  /**
   * An engine with a forced choice.
   *
   * @throws IllegalArgumentException if the backend cannot serve it
   */
  public Nd4jEngine(KernelChoice kernels, NumberType products, int threads) {
    this(Backend.detect(kernels, products, threads));
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
    this.backend = backend;
    this.crew = new Crew(backend, memory);
    this.kernels =
        memory.isCounted()
            ? new IdleKernels(crew)
            : backend.hostPointers() ? new HeapKernels(crew) : new ArrayKernels(crew);
    Operands operands = new Operands(crew, kernels, backend.products(), backend.operands());
    this.packed = new PackedWeights(crew, operands, backend.packs());
    this.products = new Products(crew, kernels, operands, packed);
    this.softmaxRows = new SoftmaxRows(crew);
    this.attention = new BlockAttention(crew, kernels, operands);
    this.head = new VocabularyHead(crew, kernels, operands);
  }

  @Override
  public String description() {
    return backend.description();
  }

  @Override
  public Tensor allocate(Storage storage, int... shape) {
    if (storage != Storage.FULL) {
      return new Nd4jCompactTensor(crew.memory(), storage, shape);
    }
    Shapes.requirePositive(shape);
    Block block = new Block(Shapes.size(shape), crew.memory(), Block.Use.KEPT);
    Nd4jTensor tensor = Nd4jTensor.owning(block, shape);
    clear(tensor);
    return tensor;
  }

  @Override
  public boolean roundsWeights() {
    return backend.products() == NumberType.BFLOAT16;
  }

  @Override
  public Arena arena() {
    return Nd4jArena.root(new ChunkPool(crew.chunks()));
  }

  @Override
  public void copy(Tensor from, Tensor to) {
    OperationChecks.sameSize("to", to, "from", from);
    kernels.copy(Nd4jTensor.of(from), Nd4jTensor.of(to));
  }

  @Override
  public void clear(Tensor t) {
    kernels.clear(Nd4jTensor.of(t));
  }

  @Override
  public void add(Tensor x, double factor, Tensor to) {
    OperationChecks.sameSize("to", to, "x", x);
    kernels.add(Nd4jTensor.of(x), factor, Nd4jTensor.of(to));
  }

  @Override
  public void embed(Tensor table, int[] ids, Tensor out) {
    OperationChecks.embed(table, ids, out);
    kernels.gather(Nd4jTensor.of(table), ids, Nd4jTensor.of(out));
  }

  @Override
  public void embedBackward(int[] ids, Tensor dOut, Tensor dTable) {
    OperationChecks.embedBackward(ids, dOut, dTable);
    kernels.scatterAdd(ids, Nd4jTensor.of(dOut), Nd4jTensor.of(dTable));
  }

  @Override
  public void linear(Tensor x, Tensor w, Tensor bias, Tensor out) {
    OperationChecks.linear(x, w, bias, out);
    products.forward(Nd4jTensor.of(x), weight(w), Nd4jTensor.of(out));
    if (bias != null) {
      kernels.addBias(Nd4jTensor.of(out), Nd4jTensor.of(bias));
    }
  }

  @Override
  public void linearBackwardInput(Tensor dy, Tensor w, Tensor dx, boolean adds) {
    OperationChecks.linearBackwardInput(dy, w, dx);
    products.backwardInput(Nd4jTensor.of(dy), weight(w), Nd4jTensor.of(dx), adds ? 1 : 0);
  }

  /** A product's weight as it is stored. */
  private Matrix weight(Tensor w) {
    return roundsWeights() && w.storage() == Storage.BFLOAT16
        ? Nd4jCompactTensor.matrix(w)
        : Matrix.of(Nd4jTensor.of(w));
  }

  @Override
  public void linearBackwardWeight(Tensor dy, Tensor x, Tensor dw, Tensor dBias) {
    OperationChecks.linearBackwardWeight(dy, x, dw, dBias);
    products.backwardWeight(Nd4jTensor.of(dy), Nd4jTensor.of(x), Nd4jTensor.of(dw));
    if (dBias != null) {
      kernels.addColumnSums(Nd4jTensor.of(dy), Nd4jTensor.of(dBias));
    }
  }

  @Override
  public void scaleColumns(Tensor x, Tensor scale, Tensor bias, Tensor out) {
    OperationChecks.scaleColumns(x, scale, bias, out);
    kernels.scaleColumns(
        Nd4jTensor.of(x), Nd4jTensor.of(scale), Nd4jTensor.of(bias), Nd4jTensor.of(out));
  }

  @Override
  public void addColumnDots(Tensor x, Tensor y, Tensor sums) {
    OperationChecks.addColumnDots(x, y, sums);
    kernels.addColumnDots(Nd4jTensor.of(x), Nd4jTensor.of(y), Nd4jTensor.of(sums));
  }

  @Override
  public void dropout(Tensor x, double rate, long[] rowSeeds, Tensor out) {
    OperationChecks.dropout(x, rate, rowSeeds, out);
    kernels.dropout(Nd4jTensor.of(x), rate, rowSeeds, Nd4jTensor.of(out));
  }

  @Override
  public void rmsNorm(Tensor x, Tensor w, double eps, Tensor y) {
    OperationChecks.rmsNorm(x, w, eps, y);
    kernels.rmsNorm(Nd4jTensor.of(x), Nd4jTensor.of(w), eps, Nd4jTensor.of(y));
  }

  @Override
  public void rmsNormBackward(
      Tensor x, Tensor w, double eps, Tensor dy, Tensor dx, boolean adds, Tensor dw) {
    OperationChecks.rmsNormBackward(x, w, eps, dy, dx, dw);
    kernels.rmsNormBackward(
        Nd4jTensor.of(x),
        Nd4jTensor.of(w),
        eps,
        Nd4jTensor.of(dy),
        Nd4jTensor.of(dx),
        adds,
        Nd4jTensor.of(dw));
  }

  @Override
  public void rope(Tensor x, int[] positions, Rotary rotary, boolean inverse) {
    OperationChecks.rope(x, positions, rotary);
    kernels.rope(Nd4jTensor.of(x), positions, rotary, inverse);
  }

  @Override
  public void swiglu(Tensor gate, Tensor up, Tensor out) {
    OperationChecks.swiglu(gate, up, out);
    kernels.swiglu(Nd4jTensor.of(gate), Nd4jTensor.of(up), Nd4jTensor.of(out));
  }

  @Override
  public void swigluBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
    OperationChecks.swigluBackward(gate, up, dOut, dGate, dUp);
    kernels.swigluBackward(
        Nd4jTensor.of(gate),
        Nd4jTensor.of(up),
        Nd4jTensor.of(dOut),
        Nd4jTensor.of(dGate),
        Nd4jTensor.of(dUp));
  }

  @Override
  public void softmaxRows(Tensor x, double factor, RowReader reader) {
    OperationChecks.softmaxRows(x);
    softmaxRows.read(Nd4jTensor.of(x), factor, reader);
  }

  @Override
  public void attention(
      Tensor q, Tensor k, Tensor v, Segments segments, AttentionShape shape, Tensor out) {
    OperationChecks.attention(q, k, v, segments, shape, out);
    attention.forward(
        Nd4jTensor.of(q), Nd4jTensor.of(k), Nd4jTensor.of(v), segments, shape, Nd4jTensor.of(out));
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
        Nd4jTensor.of(q),
        Nd4jTensor.of(k),
        Nd4jTensor.of(v),
        segments,
        shape,
        Nd4jTensor.of(dOut),
        Nd4jTensor.of(dq),
        Nd4jTensor.of(dk),
        Nd4jTensor.of(dv));
  }

  @Override
  public KvCache kvCache(int layers, AttentionShape shape, int maxNewTokens) {
    OperationChecks.kvCache(layers, maxNewTokens);
    packed.begin();
    return kernels.kvCache(layers, shape, maxNewTokens, packed::end);
  }

  @Override
  public TokenScores tokenLogProbs(
      Tensor hidden, Tensor headTable, HeadRows rows, double temperature) {
    OperationChecks.tokenLogProbs(hidden, headTable, rows, temperature);
    return head.scores(Nd4jTensor.of(hidden), Nd4jTensor.of(headTable), rows, temperature, null);
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
        Nd4jTensor.of(hidden),
        Nd4jTensor.of(headTable),
        rows,
        temperature,
        new VocabularyHead.Backward(
            loss, Nd4jTensor.of(dHidden), Nd4jTensor.of(dHead.sums()), dHead.ids()));
  }

  @Override
  public void adamW(AdamW update, Tensor weight, Tensor gradient, Tensor m, Tensor v) {
    OperationChecks.adamW(update, weight, gradient, m, v);
    kernels.adamW(update, Nd4jTensor.of(weight), Nd4jTensor.of(gradient), m, v);
  }

  @Override
  public double sumOfSquares(Tensor t) {
    return kernels.sumOfSquares(Nd4jTensor.of(t));
  }

  @Override
  public long heldBytes() {
    return crew.memory().held();
  }

  @Override
  public long pooledBytes() {
    return crew.memory().pooled();
  }

  @Override
  public long peakBytes() {
    return crew.memory().peak();
  }

  /** Native memory of the engine's own scratch pools, in bytes. */
  long scratchBytes() {
    return crew.scratchBytes();
  }

  @Override
  public void close() {
    packed.close();
    crew.close();
  }
}
