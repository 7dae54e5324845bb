package dev.terse.model;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.KvCache;
import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;

/** Decoding of several sequences over one key-value cache; each distinct prompt is read once. */
final class CachedDecoding implements Decoding {
  private final Decoder decoder;
  private final Engine engine;
  private final KvCache cache;
  private final Arena pool;
  private Arena stepArena;
  private Tensor logits;
  private int live;

  CachedDecoding(Decoder decoder, PackedBatch prompts, int[] promptOf, int maxNewTokens) {
    if (promptOf.length == 0) {
      throw new IllegalArgumentException("promptOf must name at least one sequence");
    }
    for (int s = 0; s < prompts.segments().count(); s++) {
      decoder.requirePositions(s, prompts.segments().length(s) + maxNewTokens);
    }
    this.decoder = decoder;
    this.engine = decoder.engine();
    this.live = promptOf.length;
    this.cache =
        engine.kvCache(
            decoder.config().layers(), decoder.config().attention(), promptOf, maxNewTokens);
    this.pool = engine.arena();
    this.stepArena = pool.open();
    try {
      readPrompts(prompts, promptOf);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Fills the cache; the head sees the last row of each sequence's prompt only. */
  private void readPrompts(PackedBatch prompts, int[] promptOf) {
    Segments segments = prompts.segments();
    Decoder.LayerAttention packed = decoder.packedAttention(prompts);
    Tensor last = stepArena.floats(live, decoder.config().channels());
    logits = stepArena.floats(live, decoder.config().vocabSize());
    try (Arena scratch = stepArena.open()) {
      Tensor hidden =
          decoder.lastHidden(
              prompts,
              layer ->
                  (q, k, v, out) -> {
                    cache.putPrompts(layer, k, v, segments);
                    packed.of(layer).read(q, k, v, out);
                  },
              scratch);
      for (int b = 0; b < live; b++) {
        int row = segments.end(promptOf[b]) - 1;
        engine.copy(hidden.rowsView(row, row + 1), last.rowsView(b, b + 1));
      }
    }
    engine.linear(last, decoder.head(), null, logits);
  }

  @Override
  public Tensor logits() {
    if (logits == null) {
      throw new IllegalStateException("no logits between keep and step");
    }
    return logits;
  }

  @Override
  public int live() {
    return live;
  }

  @Override
  public void step(int[] ids) {
    if (live == 0 || ids.length != live) {
      throw new IllegalArgumentException(
          "expected one id for each of " + live + " live sequences, got " + ids.length);
    }
    stepArena.close();
    stepArena = pool.open();
    logits = stepArena.floats(live, decoder.config().vocabSize());
    try (Arena scratch = stepArena.open()) {
      Tensor hidden =
          decoder.lastHidden(
              PassTokens.decoded(ids, cache.positions()),
              layer -> (q, k, v, out) -> cache.attend(layer, q, k, v, out),
              scratch);
      engine.linear(hidden, decoder.head(), null, logits);
    }
    cache.advance();
  }

  @Override
  public void keep(int[] indices) {
    logits = null;
    live = indices.length;
    if (live > 0) {
      cache.keep(indices);
    }
  }

  @Override
  public void close() {
    stepArena.close();
    pool.close();
    cache.close();
  }
}
