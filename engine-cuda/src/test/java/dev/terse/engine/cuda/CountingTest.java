package dev.terse.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.AdamW;
import dev.terse.engine.Arena;
import dev.terse.engine.AttentionShape;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.KvCache;
import dev.terse.engine.Qkv;
import dev.terse.engine.Rotary;
import dev.terse.engine.Segments;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;
import dev.terse.engine.cuda.device.HostDevice;
import dev.terse.engine.numbers.NumberType;
import dev.terse.engine.numbers.Storage;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an engine that only counts says of a run is what the run takes. */
class CountingTest {
  private static final AttentionShape SHAPE = AttentionShape.of(4, 2, 8);

  @ParameterizedTest
  @EnumSource
  void counting_ofAStep_tellsItsPeakToTheByte(NumberType matmuls) {
    String missing = HostDevice.missing();
    Assumptions.assumeTrue(missing == null, missing);
    try (CudaEngine engine = new CudaEngine(new HostDevice(), matmuls, 16 << 10);
        CudaEngine counting = engine.counting()) {
      step(engine);
      step(counting);
      assertThat(counting.peakBytes()).isEqualTo(engine.peakBytes());
      assertThat(counting.heldBytes()).isEqualTo(engine.heldBytes());
    }
  }

  private static void step(CudaEngine engine) {
    Segments segments =
        Segments.continuing(new int[] {5, 9, 12}, new int[] {Segments.NONE, 0, Segments.NONE});
    int n = segments.tokens();
    int[] ids = new int[n];
    try (Tensor table = engine.allocate(60, 32);
        Tensor gradient = engine.allocate(60, 32);
        Tensor m = engine.allocate(Storage.INT8, 60, 32);
        Tensor v = engine.allocate(Storage.UINT8, 60, 32);
        Tensor w = engine.allocate(32, 32);
        Tensor norm = engine.allocate(32);
        Arena arena = engine.arena()) {
      Tensor x = arena.floats(n, 32);
      engine.embed(table, ids, x);
      try (Arena inner = arena.open()) {
        Tensor q = inner.floats(n, 32);
        Tensor k = inner.floats(n, 16);
        engine.linear(x, w, norm, q);
        engine.linear(x, w.rowsView(0, 16), null, k);
        engine.rope(q, segments.positions(), new Rotary(new double[4]));
        engine.attention(new Qkv<>(q, k, k), segments, SHAPE, x);
        engine.attentionBackward(
            new Qkv<>(q, k, k), segments, SHAPE, x, new Qkv<>(q, k, inner.floats(n, 16)));
        engine.rmsNormBackward(x, norm, 1e-6, x, q, Write.OVERWRITE, norm);
      }
      HeadRows rows = new HeadRows(new int[] {3, 8, 9}, new int[] {1, 2, 3});
      Tensor dHidden = arena.floats(n, 32);
      engine.tokenLogProbs(
          x,
          table,
          rows,
          1,
          new HeadBackward<>((index, logProb) -> 1, dHidden, TableGradient.whole(gradient)));
      engine.embedBackward(ids, dHidden, gradient);
      AdamW update = new AdamW(0.1, 0.9, 0.99, 1e-8, 0, 1, 1, 0);
      engine.adamW(update, table, gradient, m, v);
      engine.sumOfSquares(gradient);
      decode(engine, x);
    }
  }

  private static void decode(CudaEngine engine, Tensor x) {
    try (KvCache cache = engine.kvCache(1, SHAPE, 300);
        Tensor q = engine.allocate(2, 32);
        Tensor k = engine.allocate(2, 16);
        Tensor out = engine.allocate(2, 32)) {
      cache.join(new int[] {0, 0});
      Tensor prompt = x.shapedView(2 * x.rows(), 16);
      cache.putPrompts(0, prompt, prompt, Segments.ofLengths(prompt.rows()));
      for (int step = 0; step < 270; step++) {
        cache.attend(0, new Qkv<>(q, k, k), out);
        cache.advance();
      }
      cache.keep(new int[] {1});
      engine.softmaxRows(out, 1, (row, p) -> {});
    }
  }
}
