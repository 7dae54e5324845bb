package dev.terse.bench;

import dev.terse.engine.Arena;
import dev.terse.engine.AttentionShape;
import dev.terse.engine.Engine;
import dev.terse.engine.HeadRows;
import dev.terse.engine.KvCache;
import dev.terse.engine.Rotary;
import dev.terse.engine.SeedTree;
import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import dev.terse.engine.nd4j.Nd4jEngine;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Each operation of the engine at the shape of SmolLM2-135M (C 576, H 9, K 3, D 64, F 1536, V
 * 49152) over 2,048 packed tokens in 3 segments; decoding with 8 sequences of one prompt of 200.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xmx4g")
public class OperationBenchmark {
  private static final int TOKENS = 2048;
  private static final int CHANNELS = 576;
  private static final int FFN = 1536;
  private static final int VOCAB = 49152;
  private static final int HEAD_ROWS = 512;
  private static final int LIVE = 8;
  private static final int PROMPT = 200;
  private static final int DECODE_STEPS = 64;
  private static final AttentionShape ATTENTION = AttentionShape.of(9, 3, 64);

  private Engine engine;
  private Arena arena;
  private Tensor x;
  private Tensor wide;
  private Tensor wide2;
  private Tensor wideGradient;
  private Tensor out;
  private Tensor k;
  private Tensor v;
  private Tensor dk;
  private Tensor dv;
  private Tensor norm;
  private Tensor dNorm;
  private Tensor up;
  private Tensor dUp;
  private Tensor table;
  private Tensor dTable;
  private Segments segments;
  private int[] positions;
  private Rotary rotary;
  private HeadRows headRows;
  private Tensor hidden;
  private Tensor dHidden;

  @Setup
  public void setUp() {
    engine = new Nd4jEngine();
    arena = engine.arena();
    x = random(1, TOKENS, CHANNELS);
    out = arena.floats(TOKENS, CHANNELS);
    wide = random(2, TOKENS, FFN);
    wide2 = random(3, TOKENS, FFN);
    wideGradient = arena.floats(TOKENS, FFN);
    k = random(4, TOKENS, 192);
    v = random(5, TOKENS, 192);
    dk = arena.floats(TOKENS, 192);
    dv = arena.floats(TOKENS, 192);
    norm = random(6, CHANNELS);
    dNorm = arena.zeros(CHANNELS);
    up = random(7, FFN, CHANNELS);
    dUp = arena.zeros(FFN, CHANNELS);
    table = random(8, VOCAB, CHANNELS);
    dTable = arena.zeros(VOCAB, CHANNELS);
    segments = Segments.ofLengths(683, 683, 682);
    positions = segments.positions();
    double[] frequencies = new double[32];
    Arrays.setAll(frequencies, i -> Math.pow(10000, -i / 32.0));
    rotary = new Rotary(frequencies);
    hidden = x.rowsView(0, HEAD_ROWS);
    dHidden = arena.floats(HEAD_ROWS, CHANNELS);
    int[] rows = new int[HEAD_ROWS];
    int[] targets = new int[HEAD_ROWS];
    Arrays.setAll(rows, i -> i);
    Arrays.setAll(targets, i -> i * 90);
    headRows = new HeadRows(rows, targets);
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

  /** 3.6 GFLOP. */
  @Benchmark
  public void linear() {
    engine.linear(x, up, null, wide);
  }

  /** 3.6 GFLOP. */
  @Benchmark
  public void linearBackwardInput() {
    engine.linearBackwardInput(wide, up, out, false);
  }

  /** 3.6 GFLOP. */
  @Benchmark
  public void linearBackwardWeight() {
    engine.linearBackwardWeight(wide, x, dUp, null);
  }

  @Benchmark
  public void rmsNorm() {
    engine.rmsNorm(x, norm, 1e-5, out);
  }

  @Benchmark
  public void rmsNormBackward() {
    engine.rmsNormBackward(x, norm, 1e-5, x, out, false, dNorm);
  }

  @Benchmark
  public void rope() {
    engine.rope(x, positions, rotary, false);
  }

  @Benchmark
  public void swiglu() {
    engine.swiglu(wide, wide2, wideGradient);
  }

  @Benchmark
  public void attention() {
    engine.attention(x, k, v, segments, ATTENTION, out);
  }

  @Benchmark
  public void attentionBackward() {
    engine.attentionBackward(x, k, v, segments, ATTENTION, x, out, dk, dv);
  }

  /** 512 rows: 29 GFLOP. */
  @Benchmark
  public TokenScores head() {
    return engine.tokenLogProbs(hidden, table, headRows, 1);
  }

  /** 512 rows: 87 GFLOP. */
  @Benchmark
  public TokenScores headWithGradient() {
    return engine.tokenLogProbs(
        hidden, table, headRows, 1, (index, logProb) -> -1, dHidden, dTable);
  }

  /** Cached attention of 64 steps, one layer. */
  @Benchmark
  public void decodeAttention() {
    try (KvCache cache = engine.kvCache(1, ATTENTION, new int[LIVE], DECODE_STEPS)) {
      cache.putPrompts(0, k.rowsView(0, PROMPT), v.rowsView(0, PROMPT), Segments.ofLengths(PROMPT));
      for (int step = 0; step < DECODE_STEPS; step++) {
        cache.attend(
            0,
            x.rowsView(0, LIVE),
            k.rowsView(0, LIVE),
            v.rowsView(0, LIVE),
            out.rowsView(0, LIVE));
        cache.advance();
      }
    }
  }
}
