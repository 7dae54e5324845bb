package dev.terse.bench;

import dev.terse.engine.AdamW;
import dev.terse.engine.Arena;
import dev.terse.engine.AttentionShape;
import dev.terse.engine.Engine;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.KvCache;
import dev.terse.engine.Qkv;
import dev.terse.engine.Rotary;
import dev.terse.engine.SeedTree;
import dev.terse.engine.Segments;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Each operation of the engine at the shape of a model: training over packed tokens in 3 segments,
 * and decoding with 8 or 32 sequences of one prompt. {@link OperationTable} runs it and shows what
 * share of the machine's peak each reaches.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "-Dorg.bytedeco.javacpp.maxBytes=0",
      "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"
    })
public class OperationBenchmark {
  private static final int HEAD_ROWS = 512;
  private static final int PROMPT = 200;
  private static final int DECODE_STEPS = 64;
  private static final double NORM_EPSILON = 1e-5;

  /** Sizes of a model and of what it works on. */
  public enum Model {
    SMOLLM2(2048, 576, AttentionShape.of(9, 3, 64), 1536, 49152),
    /** So small that a call's own cost shows. */
    TINY(256, 128, AttentionShape.of(4, 2, 32), 384, 512);

    private final int tokens;
    private final int channels;
    private final AttentionShape attention;
    private final int ffn;
    private final int vocab;

    Model(int tokens, int channels, AttentionShape attention, int ffn, int vocab) {
      this.tokens = tokens;
      this.channels = channels;
      this.attention = attention;
      this.ffn = ffn;
      this.vocab = vocab;
    }
  }

  @Param Model model;

  @Param({"FP32"})
  ComputeType dtype;

  private Engine engine;
  private Arena arena;
  private Segments segments;
  private int[] positions;
  private Rotary rotary;
  private Tensor x; // [N, C]
  private Tensor y; // [N, C]
  private Tensor out; // [N, C]
  private Tensor wide; // [N, F]
  private Tensor wide2; // [N, F]
  private Tensor wideOut; // [N, F]
  private Tensor wideOut2; // [N, F]
  private Tensor k; // [N, K*D]
  private Tensor v; // [N, K*D]
  private Tensor dk; // [N, K*D]
  private Tensor dv; // [N, K*D]
  private Tensor norm; // [C]
  private Tensor dNorm; // [C]
  private Tensor square; // [C, C]
  private Tensor up; // [F, C]
  private Tensor dUp; // [F, C]
  private Tensor down; // [C, F]
  private Tensor dDown; // [C, F]
  private Tensor table; // [V, C]
  private Tensor dTable; // [V, C]
  private Tensor m; // [V, C]
  private Tensor s; // [V, C]
  private Tensor logits; // [32, V]
  private int[] ids;
  private long[] rowSeeds;
  private HeadRows headRows;

  @Setup
  public void setUp() {
    setUp(dtype.open());
  }

  /** Takes ownership of the engine. */
  void setUp(Engine over) {
    engine = over;
    arena = engine.arena();
    int n = model.tokens;
    int c = model.channels;
    int keys = model.attention.kvHeads() * model.attention.headDim();
    x = random(1, n, c);
    y = random(2, n, c);
    out = arena.floats(n, c);
    wide = random(3, n, model.ffn);
    wide2 = random(4, n, model.ffn);
    wideOut = arena.floats(n, model.ffn);
    wideOut2 = arena.floats(n, model.ffn);
    k = random(5, n, keys);
    v = random(6, n, keys);
    dk = arena.floats(n, keys);
    dv = arena.floats(n, keys);
    norm = random(7, c);
    dNorm = arena.zeros(c);
    square = random(8, c, c);
    up = random(9, model.ffn, c);
    dUp = arena.zeros(model.ffn, c);
    down = random(10, c, model.ffn);
    dDown = arena.zeros(c, model.ffn);
    table = random(11, model.vocab, c);
    dTable = arena.zeros(model.vocab, c);
    m = arena.zeros(model.vocab, c);
    s = arena.zeros(model.vocab, c);
    logits = random(12, 32, model.vocab);
    segments = Segments.ofLengths(n / 3, n / 3, n - 2 * (n / 3));
    positions = segments.positions();
    double[] frequencies = new double[model.attention.headDim() / 2];
    Arrays.setAll(frequencies, i -> Math.pow(10000, -i / (double) frequencies.length));
    rotary = new Rotary(frequencies);
    ids = IntStream.range(0, n).map(i -> (int) (i * 7919L % model.vocab)).toArray();
    rowSeeds = LongStream.range(0, n).toArray();
    int listed = Math.min(HEAD_ROWS, n);
    headRows = new HeadRows(IntStream.range(0, listed).toArray(), Arrays.copyOf(ids, listed));
  }

  private Tensor random(long seed, int... shape) {
    Tensor tensor = arena.floats(shape);
    float[] values = new float[Math.toIntExact(tensor.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (SeedTree.uniform(SeedTree.child(seed, i)) - 0.5);
    }
    tensor.setFloats(values);
    return tensor;
  }

  @TearDown
  public void tearDown() {
    arena.close();
    engine.close();
  }

  @Benchmark
  public void embed() {
    engine.embed(table, ids, out);
  }

  @Benchmark
  public void embedBackward() {
    engine.embedBackward(ids, x, dTable);
  }

  @Benchmark
  public void linearSquare() {
    engine.linear(x, square, null, out);
  }

  @Benchmark
  public void linearUp() {
    engine.linear(x, up, null, wideOut);
  }

  @Benchmark
  public void linearDown() {
    engine.linear(wide, down, null, out);
  }

  @Benchmark
  public void linearBackwardInputUp() {
    engine.linearBackwardInput(wide, up, out, Write.OVERWRITE);
  }

  @Benchmark
  public void linearBackwardInputDown() {
    engine.linearBackwardInput(x, down, wideOut, Write.OVERWRITE);
  }

  @Benchmark
  public void linearBackwardWeightUp() {
    engine.linearBackwardWeight(wide, x, dUp, null);
  }

  @Benchmark
  public void linearBackwardWeightDown() {
    engine.linearBackwardWeight(x, wide, dDown, null);
  }

  @Benchmark
  public void rmsNorm() {
    engine.rmsNorm(x, norm, NORM_EPSILON, out);
  }

  @Benchmark
  public void rmsNormBackward() {
    engine.rmsNormBackward(x, norm, NORM_EPSILON, y, out, Write.OVERWRITE, dNorm);
  }

  @Benchmark
  public void rope() {
    engine.rope(x, positions, rotary);
  }

  @Benchmark
  public void swiglu() {
    engine.swiglu(wide, wide2, wideOut);
  }

  @Benchmark
  public void swigluBackward() {
    engine.swigluBackward(wide, wide2, wide, wideOut, wideOut2);
  }

  @Benchmark
  public void add() {
    engine.add(x, 0, out);
  }

  @Benchmark
  public void copy() {
    engine.copy(x, out);
  }

  @Benchmark
  public void scaleColumns() {
    engine.scaleColumns(x, norm, null, out);
  }

  @Benchmark
  public void addColumnDots() {
    engine.addColumnDots(x, y, dNorm);
  }

  @Benchmark
  public void dropout() {
    engine.dropout(x, 0.1, rowSeeds, out);
  }

  @Benchmark
  public void attention() {
    engine.attention(new Qkv<>(x, k, v), segments, model.attention, out);
  }

  @Benchmark
  public void attentionBackward() {
    engine.attentionBackward(
        new Qkv<>(x, k, v), segments, model.attention, y, new Qkv<>(out, dk, dv));
  }

  @Benchmark
  public TokenScores head() {
    return engine.tokenLogProbs(x, table, headRows, 1);
  }

  @Benchmark
  public TokenScores headWithGradient() {
    return engine.tokenLogProbs(
        x,
        table,
        headRows,
        1,
        new HeadBackward<>((index, logProb) -> -1, out, TableGradient.whole(dTable)));
  }

  /** One tensor of the size of the embedding. */
  @Benchmark
  public void adamW() {
    engine.adamW(new AdamW(1e-6, 0.9, 0.999, 1e-8, 0, 10, 1, 0), table, dTable, m, s);
  }

  @Benchmark
  public double sumOfSquares() {
    return engine.sumOfSquares(table);
  }

  @Benchmark
  public void clear() {
    engine.clear(dTable);
  }

  @Benchmark
  public void linearUp8Rows() {
    engine.linear(x.rowsView(0, 8), up, null, wideOut.rowsView(0, 8));
  }

  @Benchmark
  public void linearUp32Rows() {
    engine.linear(x.rowsView(0, 32), up, null, wideOut.rowsView(0, 32));
  }

  @Benchmark
  public void logits8Rows() {
    engine.linear(x.rowsView(0, 8), table, null, logits.rowsView(0, 8));
  }

  @Benchmark
  public void logits32Rows() {
    engine.linear(x.rowsView(0, 32), table, null, logits);
  }

  @Benchmark
  public void softmax32Rows() {
    engine.softmaxRows(logits, 1, (row, p) -> {});
  }

  /** Cached attention of one layer, 64 steps. */
  @Benchmark
  public void cachedAttention8() {
    decode(8);
  }

  /** Cached attention of one layer, 64 steps. */
  @Benchmark
  public void cachedAttention32() {
    decode(32);
  }

  private void decode(int live) {
    try (KvCache cache = engine.kvCache(1, model.attention, DECODE_STEPS)) {
      cache.join(new int[live]);
      cache.putPrompts(0, k.rowsView(0, PROMPT), v.rowsView(0, PROMPT), Segments.ofLengths(PROMPT));
      for (int step = 0; step < DECODE_STEPS; step++) {
        cache.attend(
            0,
            new Qkv<>(x.rowsView(0, live), k.rowsView(0, live), v.rowsView(0, live)),
            out.rowsView(0, live));
        cache.advance();
      }
    }
  }
}
