package dev.terse.engine.nd4j;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.KvCache;
import dev.terse.engine.OperationChecks;
import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A cache of ND4J arrays: the prompts' entries of a layer [K, N, D], the sequences' own [B, K, M,
 * D]. A step goes through the prompts; all sequences of one prompt and all heads go together in
 * batched products.
 */
final class ArrayKvCache implements KvCache {
  private final Crew crew;
  private final RowKernels kernels;
  private final AttentionShape shape;
  private final CacheProgress progress;
  private final int maxNewTokens;
  private final ArrayCalls products = new ArrayCalls();
  private final Layer[] layers;
  private int[] promptOf;
  private Segments prompts;

  /** One layer's entries: of the prompts and of the sequences. */
  private record Layer(Nd4jTensor[] prompts, Nd4jTensor[] own) {}

  ArrayKvCache(
      Crew crew,
      RowKernels kernels,
      int layers,
      AttentionShape shape,
      int[] promptOf,
      int maxNewTokens) {
    OperationChecks.kvCache(layers, promptOf, maxNewTokens);
    this.crew = crew;
    this.kernels = kernels;
    this.shape = shape;
    this.progress = new CacheProgress(layers, shape, maxNewTokens);
    this.maxNewTokens = maxNewTokens;
    this.layers = new Layer[layers];
    this.promptOf = promptOf.clone();
  }

  @Override
  public void putPrompts(int layer, Tensor k, Tensor v, Segments segments) {
    progress.putPrompts(layer, k, v, segments, promptOf[promptOf.length - 1]);
    prompts = segments;
    layers[layer] =
        new Layer(
            new Nd4jTensor[] {apart(Nd4jTensor.of(k)), apart(Nd4jTensor.of(v))},
            new Nd4jTensor[] {empty(), empty()});
  }

  private Nd4jTensor apart(Nd4jTensor x) {
    Nd4jTensor out = owned(shape.kvHeads(), x.rows(), shape.headDim());
    kernels.splitColumns(x, shape.kvHeads(), out);
    return out;
  }

  private Nd4jTensor empty() {
    return owned(promptOf.length, shape.kvHeads(), maxNewTokens, shape.headDim());
  }

  private static Nd4jTensor owned(int... axes) {
    long size = 1;
    for (int axis : axes) {
      size *= axis;
    }
    return Nd4jTensor.owning(new Block(size, false, Block.Use.KEPT), axes);
  }

  @Override
  public void attend(int layer, Tensor q, Tensor k, Tensor v, Tensor out) {
    progress.attend(layer, promptOf.length, q, k, v, out);
    int live = promptOf.length;
    append(Nd4jTensor.of(k), layers[layer].own[0]);
    append(Nd4jTensor.of(v), layers[layer].own[1]);
    for (int from = 0; from < live; ) {
      int to = from + 1;
      while (to < live && promptOf[to] == promptOf[from]) {
        to++;
      }
      attend(
          layers[layer],
          from,
          to,
          Nd4jTensor.of(q).rowsView(from, to),
          Nd4jTensor.of(out).rowsView(from, to));
      from = to;
    }
  }

  private void append(Nd4jTensor x, Nd4jTensor own) {
    long dim = shape.headDim();
    long[] axes = {promptOf.length, shape.kvHeads(), dim};
    long[] strides = {shape.kvHeads() * maxNewTokens * dim, maxNewTokens * dim, 1};
    own.block().strided(progress.steps() * dim, axes, strides).assign(x.arrayOf(axes));
  }

  /** Sequences {@code from} to {@code to}, all of one prompt. */
  private void attend(Layer layer, int from, int to, Nd4jTensor q, Nd4jTensor out) {
    int prompt = promptOf[from];
    int start = prompts.start(prompt);
    int end = prompts.end(prompt);
    int t = end - start;
    int steps = progress.steps() + 1;
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
      scores(queries, ofPrompt(layer.prompts[0], start, t), promptScores);
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

      weigh(promptScores, ofPrompt(layer.prompts[1], start, t), promptOut);
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

  /** Entries of one prompt, [K, T, D]. */
  private INDArray ofPrompt(Nd4jTensor x, int start, int t) {
    long dim = shape.headDim();
    return x.block()
        .strided(
            start * dim,
            new long[] {shape.kvHeads(), t, dim},
            new long[] {prompts.tokens() * dim, dim, 1});
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
  }

  @Override
  public int[] positions() {
    progress.requireOpen();
    return Arrays.stream(promptOf).map(p -> prompts.length(p) + progress.steps()).toArray();
  }

  @Override
  public void keep(int[] live) {
    progress.keep(live, promptOf.length);
    for (Layer layer : layers) {
      if (layer == null) {
        continue;
      }
      for (Nd4jTensor own : layer.own) {
        for (int to = 0; to < live.length; to++) {
          if (live[to] != to) {
            own.rowsView(to, to + 1).array().assign(own.rowsView(live[to], live[to] + 1).array());
          }
        }
      }
    }
    promptOf = Arrays.stream(live).map(i -> promptOf[i]).toArray();
  }

  @Override
  public void close() {
    if (!progress.close()) {
      return;
    }
    products.close();
    for (int i = 0; i < layers.length; i++) {
      if (layers[i] != null) {
        Arrays.stream(layers[i].prompts).forEach(Nd4jTensor::close);
        Arrays.stream(layers[i].own).forEach(Nd4jTensor::close);
        layers[i] = null;
      }
    }
  }
}
