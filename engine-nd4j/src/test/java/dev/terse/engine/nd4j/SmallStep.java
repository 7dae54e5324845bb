package dev.terse.engine.nd4j;

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
import java.util.ArrayList;
import java.util.List;

/** A little of everything that a training step and a decoding step do. */
final class SmallStep implements AutoCloseable {
  private static final int C = 48;
  private static final int VOCABULARY = 500;
  private static final AttentionShape SHAPE = AttentionShape.of(6, 2, 8);

  private final Engine engine;
  private final Arena arena;
  private final List<Tensor> owned = new ArrayList<>();
  private final long seed;
  private final int tokens;
  private final Tensor table;
  private final Tensor gradient;
  private final Tensor wide;
  private final Tensor narrow;
  private final Tensor scale;
  private final Tensor first;
  private final Tensor second;

  SmallStep(Engine engine, int tokens, long seed) {
    this.engine = engine;
    this.arena = engine.arena();
    this.seed = seed;
    this.tokens = tokens;
    table = owned(VOCABULARY, C);
    gradient = owned(VOCABULARY, C);
    wide = owned(C, C);
    narrow = owned(2 * 8, C);
    scale = owned(C);
    first = owned(VOCABULARY, C);
    second = owned(VOCABULARY, C);
    fill(narrow, 4);
  }

  /** Starts anew from the same weights; returns gradients and weights after the update. */
  float[] run() {
    fill(table, 1);
    fill(wide, 2);
    fill(scale, 3);
    engine.clear(gradient);
    engine.clear(first);
    engine.clear(second);
    Segments segments = Segments.ofLengths(tokens / 3, tokens - tokens / 3);
    int[] ids = new int[tokens];
    for (int i = 0; i < tokens; i++) {
      ids[i] = SeedTree.below(SeedTree.child(seed, i), VOCABULARY);
    }
    Rotary rotary = new Rotary(new double[] {1, 0.5, 0.25, 0.125});
    try (Arena step = arena.open()) {
      Tensor x = step.floats(tokens, C);
      Tensor h = step.floats(tokens, C);
      Tensor q = step.floats(tokens, C);
      Tensor k = step.floats(tokens, 16);
      Tensor v = step.floats(tokens, 16);
      Tensor o = step.floats(tokens, C);
      engine.embed(table, ids, x);
      engine.rmsNorm(x, scale, 1e-5, h);
      engine.linear(h, wide, null, q);
      engine.linear(h, narrow, null, k);
      engine.linear(h, narrow, null, v);
      engine.rope(q, segments.positions(), rotary);
      engine.attention(new Qkv<>(q, k, v), segments, SHAPE, o);
      engine.swiglu(o, q, h);
      Tensor dh = step.floats(tokens, C);
      engine.tokenLogProbs(
          h,
          table,
          HeadRows.all(ids, segments),
          1,
          new HeadBackward<>((index, logProb) -> -1, dh, TableGradient.whole(gradient)));
      Tensor dq = step.floats(tokens, C);
      Tensor dk = step.floats(tokens, 16);
      Tensor dv = step.floats(tokens, 16);
      engine.swigluBackward(o, q, dh, o, q);
      engine.attentionBackward(new Qkv<>(q, k, v), segments, SHAPE, dh, new Qkv<>(dq, dk, dv));
      engine.linearBackwardInput(dq, wide, dh, Write.OVERWRITE);
      engine.linearBackwardWeight(dq, x, wide, null);
      engine.rmsNormBackward(x, scale, 1e-5, dh, dh, Write.OVERWRITE, scale);
      engine.embedBackward(ids, dh, gradient);
      decode(step, k, v, segments);
    }
    double norm = Math.sqrt(engine.sumOfSquares(gradient));
    engine.adamW(
        new AdamW(1e-2, 0.9, 0.99, 1e-8, 0.1, 1, 1 / norm, 0), table, gradient, first, second);
    float[] out = new float[2 * VOCABULARY * C];
    gradient.read(0, out, 0, VOCABULARY * C);
    table.read(0, out, VOCABULARY * C, VOCABULARY * C);
    return out;
  }

  private void decode(Arena step, Tensor k, Tensor v, Segments prompts) {
    try (KvCache cache = engine.kvCache(1, SHAPE, 40)) {
      cache.join(new int[] {0, 0, 1});
      cache.putPrompts(0, k, v, prompts);
      Tensor q = step.zeros(3, C);
      Tensor one = step.zeros(3, 16);
      Tensor out = step.floats(3, C);
      for (int i = 0; i < 40; i++) {
        cache.attend(0, new Qkv<>(q, one, one), out);
        cache.advance();
      }
    }
  }

  private Tensor owned(int... shape) {
    Tensor tensor = engine.allocate(shape);
    owned.add(tensor);
    return tensor;
  }

  private void fill(Tensor tensor, long which) {
    double[] values = new double[Math.toIntExact(tensor.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.3 * SeedTree.gaussian(SeedTree.at(seed, "fill", which, i));
    }
    tensor.setDoubles(values);
  }

  @Override
  public void close() {
    arena.close();
    owned.forEach(Tensor::close);
  }
}
