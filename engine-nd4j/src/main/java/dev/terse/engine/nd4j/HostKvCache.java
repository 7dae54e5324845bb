package dev.terse.engine.nd4j;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.CacheProgress;
import dev.terse.engine.KvCache;
import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A cache for CPUs. Each member of the crew serves a range of the live sequences: it appends their
 * newest entries and attends for them, without waiting for the others. Entries of a sequence or a
 * prompt have memory of their own, so dropping and joining sequences moves nothing.
 *
 * <p>A sequence's bits do not depend on the others ({@link CachedAttention}).
 */
final class HostKvCache implements KvCache {
  /** Positions whose products take as long as the rest of the work on a sequence. */
  private static final int OVERHEAD = 64;

  private final Crew crew;
  private final AttentionShape shape;
  private final int layers;
  private final CacheProgress progress;
  private final Runnable atEnd;
  private final Map<Integer, Prompt> prompts = new HashMap<>();
  private List<Sequence> live = new ArrayList<>();

  /** Entries of a prompt, once for all its sequences. */
  private record Prompt(KvEntries entries, int length) {}

  private static final class Sequence {
    private final int prompt;
    private final KvEntries own;
    private int length;

    Sequence(int prompt, KvEntries own) {
      this.prompt = prompt;
      this.own = own;
    }
  }

  /**
   * @param atEnd called once, when the cache is closed
   */
  HostKvCache(Crew crew, int layers, AttentionShape shape, int maxNewTokens, Runnable atEnd) {
    this.crew = crew;
    this.shape = shape;
    this.layers = layers;
    this.progress = new CacheProgress(layers, shape, maxNewTokens);
    this.atEnd = atEnd;
  }

  @Override
  public void join(int[] promptOf) {
    progress.join(promptOf, live.isEmpty() ? -1 : live.get(live.size() - 1).prompt);
    for (int prompt : promptOf) {
      live.add(new Sequence(prompt, new KvEntries(crew.memory(), layers, shape)));
    }
  }

  @Override
  public void putPrompts(int layer, Tensor k, Tensor v, Segments segments) {
    int first = progress.putPrompts(layer, k, v, segments);
    int width = shape.kvHeads() * shape.headDim();
    for (int p = 0; p < segments.count(); p++) {
      int start = segments.start(p);
      int length = segments.length(p);
      KvEntries entries = ofPrompt(first + p, length);
      float[] keys = new float[length * width];
      float[] values = new float[length * width];
      k.read((long) start * width, keys, 0, keys.length);
      v.read((long) start * width, values, 0, values.length);
      for (int i = 0; i < length; i++) {
        entries.put(layer, i, keys, values, i * width);
      }
    }
  }

  private KvEntries ofPrompt(int index, int length) {
    return prompts.computeIfAbsent(
            index,
            i -> {
              KvEntries entries = new KvEntries(crew.memory(), layers, shape);
              entries.reserve(length);
              return new Prompt(entries, length);
            })
        .entries;
  }

  @Override
  public void attend(int layer, Tensor q, Tensor k, Tensor v, Tensor out) {
    int longest = live.stream().mapToInt(s -> s.length).max().orElse(0);
    progress.attend(layer, live.size(), longest, q, k, v, out);
    Matrix queries = Matrix.of(Nd4jTensor.of(q));
    Matrix sums = Matrix.of(Nd4jTensor.of(out));
    crew.workers()
        .ranges(
            bounds(),
            (worker, from, to) -> {
              append(layer, from, to, k, v);
              attend(worker, layer, from, to, queries, sums);
            });
  }

  /** Where the members' ranges of sequences begin, of about equal work; by sizes only. */
  private int[] bounds() {
    int[] bounds = new int[crew.count() + 1];
    long[] upTo = new long[live.size() + 1];
    for (int s = 0; s < live.size(); s++) {
      upTo[s + 1] =
          upTo[s] + OVERHEAD + prompts.get(live.get(s).prompt).length + live.get(s).length;
    }
    int s = 0;
    for (int worker = 1; worker <= crew.count(); worker++) {
      long share = upTo[live.size()] * worker / crew.count();
      while (s < live.size() && upTo[s] + upTo[s + 1] <= 2 * share) {
        s++;
      }
      bounds[worker] = worker == crew.count() ? live.size() : s;
    }
    return bounds;
  }

  private void append(int layer, int from, int to, Tensor k, Tensor v) {
    int width = shape.kvHeads() * shape.headDim();
    float[] keys = new float[(to - from) * width];
    float[] values = new float[(to - from) * width];
    k.read((long) from * width, keys, 0, keys.length);
    v.read((long) from * width, values, 0, values.length);
    for (int s = from; s < to; s++) {
      Sequence sequence = live.get(s);
      sequence.own.reserve(sequence.length + 1);
      sequence.own.put(layer, sequence.length, keys, values, (s - from) * width);
    }
  }

  private void attend(int worker, int layer, int from, int to, Matrix queries, Matrix out) {
    CachedAttention attention = new CachedAttention(crew.calls(worker), shape, layer);
    for (int first = from; first < to; ) {
      Sequence head = live.get(first);
      List<CachedAttention.Past> own = new ArrayList<>();
      int end = first;
      for (; end < to && alike(head, live.get(end)); end++) {
        own.add(new CachedAttention.Past(live.get(end).own, live.get(end).length + 1));
      }
      Prompt prompt = prompts.get(head.prompt);
      try (ChunkPool.Frame scratch = crew.scratch(worker)) {
        attention.attend(
            new CachedAttention.Past(prompt.entries, prompt.length),
            own,
            queries.rows(first, end),
            out.rows(first, end),
            scratch);
      }
      first = end;
    }
  }

  private static boolean alike(Sequence a, Sequence b) {
    return a.prompt == b.prompt && a.own.width() == b.own.width();
  }

  @Override
  public void advance() {
    progress.advance();
    live.forEach(s -> s.length++);
  }

  @Override
  public int[] positions() {
    progress.requirePrompts();
    return live.stream().mapToInt(s -> prompts.get(s.prompt).length + s.length).toArray();
  }

  @Override
  public void keep(int[] indices) {
    progress.keep(indices, live.size());
    List<Sequence> before = live;
    live = new ArrayList<>(Arrays.stream(indices).mapToObj(before::get).toList());
    for (Sequence sequence : before) {
      if (!live.contains(sequence)) {
        sequence.own.close();
      }
    }
    prompts
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = live.stream().noneMatch(s -> s.prompt == entry.getKey());
              if (gone) {
                entry.getValue().entries.close();
              }
              return gone;
            });
  }

  @Override
  public void close() {
    if (progress.close()) {
      live.forEach(s -> s.own.close());
      prompts.values().forEach(p -> p.entries.close());
      atEnd.run();
    }
  }
}
