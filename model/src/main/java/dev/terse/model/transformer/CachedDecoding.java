package dev.terse.model.transformer;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.KvCache;
import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;
import dev.terse.model.weights.PackedBatch;
import dev.terse.model.weights.PassTokens;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Decoding of several sequences over one key-value cache. */
final class CachedDecoding implements Decoding {
  private final Decoder decoder;
  private final Engine engine;
  private final KvCache cache;
  private final Arena pool;

  /** What the head says behind each live prompt, [1, V], for sequences that join later. */
  private final Map<Integer, Tensor> firstLogits = new HashMap<>();

  private Arena stepArena;
  private Tensor logits;
  private int[] promptOf = {};
  private int prompts;

  CachedDecoding(Decoder decoder, int maxNewTokens) {
    this.decoder = decoder;
    this.engine = decoder.engine();
    this.cache =
        engine.kvCache(decoder.config().layers(), decoder.config().attention(), maxNewTokens);
    this.pool = engine.arena();
    this.stepArena = pool.open();
  }

  @Override
  public void join(List<int[]> newPrompts, int[] newPromptOf) {
    for (int p = 0; p < newPrompts.size(); p++) {
      decoder.requirePositions(p, newPrompts.get(p).length);
    }
    cache.join(newPromptOf);
    if (!newPrompts.isEmpty()) {
      readPrompts(PackedBatch.of(newPrompts));
    }
    promptOf = IntStream.concat(Arrays.stream(promptOf), Arrays.stream(newPromptOf)).toArray();
    renewArena();
    logits = stepArena.floats(newPromptOf.length, decoder.config().vocabSize());
    for (int b = 0; b < newPromptOf.length; b++) {
      engine.copy(firstLogits.get(newPromptOf[b]), logits.rowsView(b, b + 1));
    }
  }

  /** Fills the cache; the head sees the last row of each prompt only. */
  private void readPrompts(PackedBatch batch) {
    Segments segments = batch.segments();
    Decoder.LayerAttention packed = decoder.packedAttention(batch);
    renewArena();
    Tensor last = stepArena.floats(segments.count(), decoder.config().channels());
    Tensor first = stepArena.floats(segments.count(), decoder.config().vocabSize());
    try (Arena scratch = stepArena.open()) {
      Tensor hidden =
          decoder.lastHidden(
              batch,
              layer ->
                  (in, out) -> {
                    cache.putPrompts(layer, in.k(), in.v(), segments);
                    packed.of(layer).read(in, out);
                  },
              scratch);
      for (int p = 0; p < segments.count(); p++) {
        engine.copy(hidden.rowsView(segments.end(p) - 1, segments.end(p)), last.rowsView(p, p + 1));
      }
    }
    engine.linear(last, decoder.head(), null, first);
    for (int p = 0; p < segments.count(); p++) {
      Tensor kept = engine.allocate(1, decoder.config().vocabSize());
      engine.copy(first.rowsView(p, p + 1), kept);
      firstLogits.put(prompts++, kept);
    }
  }

  private void renewArena() {
    stepArena.close();
    stepArena = pool.open();
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
    return promptOf.length;
  }

  @Override
  public void step(int[] ids) {
    int live = promptOf.length;
    if (live == 0 || ids.length != live) {
      throw new IllegalArgumentException(
          "expected one id for each of " + live + " live sequences, got " + ids.length);
    }
    int[] positions = cache.positions();
    for (int b = 0; b < live; b++) {
      decoder.requirePositions(b, positions[b] + 1);
    }
    renewArena();
    logits = stepArena.floats(live, decoder.config().vocabSize());
    try (Arena scratch = stepArena.open()) {
      Tensor hidden =
          decoder.lastHidden(
              PassTokens.decoded(ids, positions),
              layer -> (in, out) -> cache.attend(layer, in, out),
              scratch);
      engine.linear(hidden, decoder.head(), null, logits);
    }
    cache.advance();
  }

  @Override
  public void keep(int[] indices) {
    cache.keep(indices);
    logits = null;
    promptOf = Arrays.stream(indices).map(i -> promptOf[i]).toArray();
    firstLogits
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = Arrays.stream(promptOf).noneMatch(p -> p == entry.getKey());
              if (gone) {
                entry.getValue().close();
              }
              return gone;
            });
  }

  @Override
  public void close() {
    firstLogits.values().forEach(Tensor::close);
    stepArena.close();
    pool.close();
    cache.close();
  }
}
