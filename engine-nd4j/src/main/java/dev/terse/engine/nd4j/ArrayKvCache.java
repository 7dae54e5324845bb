package dev.terse.engine.nd4j;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.CacheProgress;
import dev.terse.engine.KvCache;
import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A cache of ND4J arrays: the entries of each prompt in a layer [K, T, D], the sequences' own [B,
 * K, M, D]. A step goes through the prompts; all sequences of one prompt and length and all heads
 * go together in batched products.
 */
final class ArrayKvCache implements KvCache {
  private final Crew crew;
  private final RowKernels kernels;
  private final AttentionShape shape;
  private final CacheProgress progress;
  private final int maxNewTokens;
  private final Runnable atEnd;
  private final ArrayCalls products = new ArrayCalls();
  private final Layer[] layers;
  private final Map<Integer, Integer> promptLengths = new HashMap<>();
  private int[] promptOf = {};
  private int[] lengths = {};

  /** One layer's keys and values: of each live prompt, and of the sequences. */
  private static final class Layer {
    private final Map<Integer, Nd4jTensor[]> prompts = new HashMap<>();
    private Nd4jTensor[] own = {};
  }

  /**
   * @param atEnd called once, when the cache is closed
   */
  ArrayKvCache(
      Crew crew,
      RowKernels kernels,
      int layers,
      AttentionShape shape,
      int maxNewTokens,
      Runnable atEnd) {
    this.crew = crew;
    this.kernels = kernels;
    this.shape = shape;
    this.progress = new CacheProgress(layers, shape, maxNewTokens);
    this.maxNewTokens = maxNewTokens;
    this.atEnd = atEnd;
    this.layers = Stream.generate(Layer::new).limit(layers).toArray(Layer[]::new);
  }

  @Override
  public void join(int[] more) {
    int live = promptOf.length;
    progress.join(more, live == 0 ? -1 : promptOf[live - 1]);
    promptOf = Arrays.copyOf(promptOf, live + more.length);
    System.arraycopy(more, 0, promptOf, live, more.length);
    lengths = Arrays.copyOf(lengths, promptOf.length);
    for (Layer layer : layers) {
      Nd4jTensor[] before = layer.own;
      layer.own = new Nd4jTensor[] {ofSequences(), ofSequences()};
      for (int i = 0; i < before.length; i++) {
        if (live > 0) {
          rows(layer.own[i], 0, live).assign(rows(before[i], 0, live));
        }
        before[i].close();
      }
    }
  }

  private static INDArray rows(Nd4jTensor x, int from, int to) {
    return x.rowsView(from, to).array();
  }

  private Nd4jTensor ofSequences() {
    return owned(promptOf.length, shape.kvHeads(), maxNewTokens, shape.headDim());
  }

  @Override
  public void putPrompts(int layer, Tensor k, Tensor v, Segments segments) {
    int first = progress.putPrompts(layer, k, v, segments);
    for (int p = 0; p < segments.count(); p++) {
      int from = segments.start(p);
      int to = segments.end(p);
      promptLengths.put(first + p, to - from);
      layers[layer].prompts.put(
          first + p, new Nd4jTensor[] {apart(k.rowsView(from, to)), apart(v.rowsView(from, to))});
    }
  }

  private Nd4jTensor apart(Tensor x) {
    Nd4jTensor out = owned(shape.kvHeads(), x.rows(), shape.headDim());
    kernels.splitColumns(Nd4jTensor.of(x), shape.kvHeads(), out);
    return out;
  }

  private Nd4jTensor owned(int... axes) {
    long size = 1;
    for (int axis : axes) {
      size *= axis;
    }
    return Nd4jTensor.owning(new Block(size, crew.memory(), Block.Use.KEPT), axes);
  }

  @Override
  public void attend(int layer, Tensor q, Tensor k, Tensor v, Tensor out) {
    int live = promptOf.length;
    progress.attend(layer, live, Arrays.stream(lengths).max().orElse(0), q, k, v, out);
    for (int from = 0; from < live; ) {
      int to = from + 1;
      while (to < live && promptOf[to] == promptOf[from] && lengths[to] == lengths[from]) {
        to++;
      }
      append(from, to, Nd4jTensor.of(k), layers[layer].own[0]);
      append(from, to, Nd4jTensor.of(v), layers[layer].own[1]);
      attend(
          layers[layer],
          from,
          to,
          Nd4jTensor.of(q).rowsView(from, to),
          Nd4jTensor.of(out).rowsView(from, to));
      from = to;
    }
  }

  private void append(int from, int to, Nd4jTensor x, Nd4jTensor own) {
    long dim = shape.headDim();
    long head = maxNewTokens * dim;
    long[] axes = {to - from, shape.kvHeads(), dim};
    long[] strides = {shape.kvHeads() * head, head, 1};
    own.block()
        .strided(from * shape.kvHeads() * head + lengths[from] * dim, axes, strides)
        .assign(x.rowsView(from, to).arrayOf(axes));
  }

  /** Sequences {@code from} to {@code to}, all of one prompt and length. */
  private void attend(Layer layer, int from, int to, Nd4jTensor q, Nd4jTensor out) {
    Nd4jTensor[] prompt = layer.prompts.get(promptOf[from]);
    int t = promptLengths.get(promptOf[from]);
    int steps = lengths[from] + 1;
    int b = to - from;
    int heads = shape.kvHeads();
    int group = shape.group();
    int dim = shape.headDim();
    try (ChunkPool.Frame own = crew.scratch(0)) {
      INDArray queries = own.floats(heads, b * group, dim).array();
      INDArray promptScores = own.floats(heads, b * group, t).array();
      INDArray ownScores = own.floats(b * heads, group, steps).array();
      Nd4jTensor scores = own.floats(b, heads, group, t + steps);
      INDArray promptOut = own.floats(heads, b * group, dim).array();
      INDArray ownOut = own.floats(b * heads, group, dim).array();

      queries
          .reshape(heads, b, group, dim)
          .assign(q.arrayOf(b, heads, group, dim).permute(1, 0, 2, 3));
      scores(queries, prompt[0].array(), promptScores);
      scores(
          q.arrayOf(b * heads, group, dim), ofSequences(layer.own[0], from, to, steps), ownScores);

      INDArray inPrompt = last(scores.array(), 0, t);
      INDArray inOwn = last(scores.array(), t, t + steps);
      INDArray promptByHead = promptScores.reshape(heads, b, group, t).permute(1, 0, 2, 3);
      inPrompt.assign(promptByHead);
      inOwn.assign(ownScores.reshape(b, heads, group, steps));
      Matrix rows = Matrix.of(scores.shapedView(b * heads * group, t + steps));
      crew.calls(0).softmax(rows, rows);
      promptByHead.assign(inPrompt);
      ownScores.reshape(b, heads, group, steps).assign(inOwn);

      weigh(promptScores, prompt[1].array(), promptOut);
      weigh(ownScores, ofSequences(layer.own[1], from, to, steps), ownOut);
      ArrayOps.add(
          ownOut.reshape(b, heads, group, dim),
          promptOut.reshape(heads, b, group, dim).permute(1, 0, 2, 3),
          out.arrayOf(b, heads, group, dim));
    }
  }

  private void scores(INDArray queries, INDArray keys, INDArray out) {
    products.multiply(queries, false, keys, true, out, shape.scale(), 0);
  }

  private void weigh(INDArray weights, INDArray values, INDArray out) {
    products.multiply(weights, false, values, false, out, 1, 0);
  }

  /** Own entries of sequences, [b*K, steps, D]. */
  private INDArray ofSequences(Nd4jTensor x, int from, int to, int steps) {
    long dim = shape.headDim();
    long head = maxNewTokens * dim;
    return x.block()
        .strided(
            from * shape.kvHeads() * head,
            new long[] {(long) (to - from) * shape.kvHeads(), steps, dim},
            new long[] {head, dim, 1});
  }

  private static INDArray last(INDArray x, int from, int to) {
    return x.get(
        NDArrayIndex.all(),
        NDArrayIndex.all(),
        NDArrayIndex.all(),
        NDArrayIndex.interval(from, to));
  }

  @Override
  public void advance() {
    progress.advance();
    Arrays.setAll(lengths, s -> lengths[s] + 1);
  }

  @Override
  public int[] positions() {
    progress.requirePrompts();
    return IntStream.range(0, promptOf.length)
        .map(s -> promptLengths.get(promptOf[s]) + lengths[s])
        .toArray();
  }

  @Override
  public void keep(int[] live) {
    progress.keep(live, promptOf.length);
    promptOf = Arrays.stream(live).map(i -> promptOf[i]).toArray();
    lengths = Arrays.stream(live).map(i -> lengths[i]).toArray();
    promptLengths.keySet().retainAll(Arrays.stream(promptOf).boxed().toList());
    for (Layer layer : layers) {
      for (Nd4jTensor own : layer.own) {
        for (int to = 0; to < live.length; to++) {
          if (live[to] != to) {
            rows(own, to, to + 1).assign(rows(own, live[to], live[to] + 1));
          }
        }
      }
      layer
          .prompts
          .entrySet()
          .removeIf(
              entry -> {
                boolean gone = !promptLengths.containsKey(entry.getKey());
                if (gone) {
                  Arrays.stream(entry.getValue()).forEach(Nd4jTensor::close);
                }
                return gone;
              });
    }
  }

  @Override
  public void close() {
    if (!progress.close()) {
      return;
    }
    products.close();
    for (Layer layer : layers) {
      layer.prompts.values().stream().flatMap(Arrays::stream).forEach(Nd4jTensor::close);
      Arrays.stream(layer.own).forEach(Nd4jTensor::close);
    }
    atEnd.run();
  }
}
