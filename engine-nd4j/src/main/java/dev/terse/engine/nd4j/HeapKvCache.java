package dev.terse.engine.nd4j;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.KvCache;
import dev.terse.engine.OperationChecks;
import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A cache of pages on the heap. A prompt is one page, shared by its sequences; what a sequence adds
 * goes to pages of its own, made when they are needed. The crew shares a step's work by (sequence,
 * key-value head).
 */
final class HeapKvCache implements KvCache {
  /** Positions of a page. */
  private static final int PAGE = 64;

  private static final class Sequence {
    private final int prompt;
    private final List<List<KvPage>> layers = new ArrayList<>();
    private int promptLength;

    Sequence(int prompt, int layers) {
      this.prompt = prompt;
      for (int i = 0; i < layers; i++) {
        this.layers.add(new ArrayList<>());
      }
    }
  }

  private final Crew crew;
  private final AttentionShape shape;
  private final CacheProgress progress;
  private final int maxNewTokens;
  private List<Sequence> live = new ArrayList<>();

  HeapKvCache(Crew crew, int layers, AttentionShape shape, int[] promptOf, int maxNewTokens) {
    OperationChecks.kvCache(layers, promptOf, maxNewTokens);
    this.crew = crew;
    this.shape = shape;
    this.maxNewTokens = maxNewTokens;
    this.progress = new CacheProgress(layers, shape, maxNewTokens);
    for (int prompt : promptOf) {
      live.add(new Sequence(prompt, layers));
    }
  }

  @Override
  public void putPrompts(int layer, Tensor k, Tensor v, Segments prompts) {
    progress.putPrompts(layer, k, v, prompts, live.get(live.size() - 1).prompt);
    int width = shape.kvHeads() * shape.headDim();
    KvPage[] pages = new KvPage[prompts.count()];
    for (Sequence sequence : live) {
      int p = sequence.prompt;
      if (pages[p] == null) {
        pages[p] = new KvPage(shape.kvHeads(), shape.headDim(), prompts.length(p));
        float[] keys = new float[prompts.length(p) * width];
        float[] values = new float[keys.length];
        Nd4jTensor.of(k).read((long) prompts.start(p) * width, keys, 0, keys.length);
        Nd4jTensor.of(v).read((long) prompts.start(p) * width, values, 0, values.length);
        for (int t = 0; t < prompts.length(p); t++) {
          pages[p].append(keys, values, t * width);
        }
      }
      sequence.layers.get(layer).add(pages[p]);
      sequence.promptLength = prompts.length(p);
    }
  }

  @Override
  public void attend(int layer, Tensor q, Tensor k, Tensor v, Tensor out) {
    progress.attend(layer, live.size(), q, k, v, out);
    append(layer, Nd4jTensor.of(k).toFloats(), Nd4jTensor.of(v).toFloats());
    int kvHeads = shape.kvHeads();
    int group = shape.group();
    int dim = shape.headDim();
    float[] queries = Nd4jTensor.of(q).toFloats();
    for (int i = 0; i < queries.length; i++) {
      queries[i] *= (float) shape.scale();
    }
    float[] outputs = new float[queries.length];
    int longest = 0;
    for (Sequence sequence : live) {
      longest = Math.max(longest, sequence.promptLength + progress.steps() + 1);
    }
    int width = longest;
    crew.workers()
        .rows(
            live.size() * kvHeads,
            1,
            (worker, from, to) -> {
              float[] weights = new float[(to - from) * group * width];
              scores(layer, from, to, queries, weights, width);
              softmax(worker, (to - from) * group, width, weights);
              for (int pair = from; pair < to; pair++) {
                for (int h = 0; h < group; h++) {
                  int at = ((pair - from) * group + h) * width;
                  for (KvPage page : live.get(pair / kvHeads).layers.get(layer)) {
                    page.addValues(pair % kvHeads, weights, at, outputs, (pair * group + h) * dim);
                    at += page.length();
                  }
                }
              }
            });
    Nd4jTensor.of(out).setFloats(outputs);
  }

  @Override
  public void advance() {
    progress.advance();
  }

  @Override
  public int[] positions() {
    progress.requireOpen();
    return live.stream().mapToInt(s -> s.promptLength + progress.steps()).toArray();
  }

  @Override
  public void keep(int[] indices) {
    progress.keep(indices, live.size());
    live = new ArrayList<>(Arrays.stream(indices).mapToObj(live::get).toList());
  }

  @Override
  public void close() {
    progress.close();
    live = List.of();
  }

  private void append(int layer, float[] keys, float[] values) {
    int width = shape.kvHeads() * shape.headDim();
    for (int b = 0; b < live.size(); b++) {
      List<KvPage> pages = live.get(b).layers.get(layer);
      // The first page is the prompt's and shared.
      if (pages.size() == 1 || pages.get(pages.size() - 1).isFull()) {
        pages.add(new KvPage(shape.kvHeads(), shape.headDim(), Math.min(PAGE, maxNewTokens)));
      }
      pages.get(pages.size() - 1).append(keys, values, b * width);
    }
  }

  /** Scores of the pairs {@code from} to {@code to}; minus infinity behind a sequence's end. */
  private void scores(int layer, int from, int to, float[] queries, float[] scores, int width) {
    int kvHeads = shape.kvHeads();
    int group = shape.group();
    for (int pair = from; pair < to; pair++) {
      for (int h = 0; h < group; h++) {
        int row = ((pair - from) * group + h) * width;
        int at = row;
        for (KvPage page : live.get(pair / kvHeads).layers.get(layer)) {
          page.addScores(pair % kvHeads, queries, (pair * group + h) * shape.headDim(), scores, at);
          at += page.length();
        }
        Arrays.fill(scores, at, row + width, Float.NEGATIVE_INFINITY);
      }
    }
  }

  private void softmax(int worker, int rows, int width, float[] scores) {
    try (ChunkPool.Frame own = crew.scratch(worker)) {
      Nd4jTensor memory = own.floats(rows, width);
      memory.write(0, scores, 0, rows * width);
      Matrix all = Matrix.of(memory);
      crew.calls(worker).softmax(all, all);
      memory.read(0, scores, 0, rows * width);
    }
  }
}
