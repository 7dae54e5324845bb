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
 * A cache for CPUs, one {@link HostKvLayer} a layer. A step's work is cut into (key-value head,
 * sequence) pairs, ordered by head, and each member of the crew takes a range of them. Scores and
 * sums over the pairs' own positions are one batched product each. Against the prompts, the
 * sequences of one prompt go together, so it is read once.
 *
 * <p>A sequence's bits do not depend on the others: products against a prompt have at least {@link
 * Products#MINIMUM_ROWS} rows, those against its own positions have its own rows only.
 */
final class HostKvCache implements KvCache {
  private final Crew crew;
  private final RowKernels kernels;
  private final AttentionShape shape;
  private final CacheProgress progress;
  private final HostKvLayer[] layers;
  private int[] promptOf;
  private Segments prompts;

  HostKvCache(
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
    this.layers = new HostKvLayer[layers];
    this.promptOf = promptOf.clone();
  }

  @Override
  public void putPrompts(int layer, Tensor k, Tensor v, Segments segments) {
    progress.putPrompts(layer, k, v, segments, promptOf[promptOf.length - 1]);
    prompts = segments;
    layers[layer] =
        new HostKvLayer(kernels, shape, Nd4jTensor.of(k), Nd4jTensor.of(v), promptOf.length);
  }

  @Override
  public void attend(int layer, Tensor q, Tensor k, Tensor v, Tensor out) {
    progress.attend(layer, promptOf.length, q, k, v, out);
    int live = promptOf.length;
    int group = shape.group();
    HostKvLayer entries = layers[layer];
    entries.append(progress.steps(), Nd4jTensor.of(k), Nd4jTensor.of(v));
    try (ChunkPool.Frame own = crew.scratch(0)) {
      // Rows of padding, so that a product may read past the last sequence's queries.
      int rows = shape.kvHeads() * live * group;
      Nd4jTensor queries = own.floats(rows + Products.MINIMUM_ROWS, shape.headDim());
      kernels.clear(queries.rowsView(rows, rows + Products.MINIMUM_ROWS));
      Nd4jTensor outputs = own.floats(rows, shape.headDim());
      kernels.splitColumns(Nd4jTensor.of(q), shape.kvHeads(), queries.rowsView(0, rows));
      crew.workers()
          .rows(
              shape.kvHeads() * live,
              1,
              (worker, from, to) -> attend(worker, entries, from, to, queries, outputs));
      kernels.joinColumns(outputs, shape.kvHeads(), Nd4jTensor.of(out));
    }
  }

  /** Neighbouring live sequences of one prompt under one key-value head. */
  private record Run(int head, int first, int count) {}

  private List<Run> runs(int from, int to) {
    int live = promptOf.length;
    List<Run> runs = new ArrayList<>();
    for (int pair = from; pair < to; ) {
      int first = pair % live;
      int end = Math.min(live, first + to - pair);
      int last = first + 1;
      while (last < end && promptOf[last] == promptOf[first]) {
        last++;
      }
      runs.add(new Run(pair / live, first, last - first));
      pair += last - first;
    }
    return runs;
  }

  private void attend(
      int worker, HostKvLayer entries, int from, int to, Nd4jTensor queries, Nd4jTensor outputs) {
    int group = shape.group();
    NativeCalls calls = crew.calls(worker);
    try (ChunkPool.Frame own = crew.scratch(worker)) {
      int rows = (to - from) * group;
      Nd4jTensor weights = own.floats(rows, entries.capacity());
      Nd4jTensor sums = own.floats(rows, shape.headDim());
      calls.productsTransposed(
          to - from,
          Matrix.rows(queries, from * group, to * group),
          entries.keys(from, to),
          Matrix.of(weights),
          shape.scale(),
          0);
      float[] promptSums = new float[rows * shape.headDim()];
      for (Run run : runs(from, to)) {
        int firstRow = (run.head * promptOf.length + run.first) * group - from * group;
        Nd4jTensor runWeights = weights.rowsView(firstRow, firstRow + run.count * group);
        attendToPrompt(
            worker, entries, run, queries, runWeights, promptSums, firstRow * shape.headDim());
      }
      calls.products(
          to - from, Matrix.of(weights), entries.values(from, to), Matrix.of(sums), 1, 0);
      float[] result = sums.toFloats();
      for (int i = 0; i < result.length; i++) {
        result[i] += promptSums[i];
      }
      outputs.write((long) from * group * shape.headDim(), result, 0, result.length);
    }
  }

  /**
   * Scores a run against its prompt, turns these and its own scores into weights, and sums up the
   * prompt's values.
   *
   * @param ownWeights scores of the run's own positions, becomes their weights, [rows, capacity]
   * @param sums receives [rows, D] from {@code at} on
   */
  private void attendToPrompt(
      int worker,
      HostKvLayer entries,
      Run run,
      Nd4jTensor queries,
      Nd4jTensor ownWeights,
      float[] sums,
      int at) {
    int prompt = promptOf[run.first];
    int start = prompts.start(prompt);
    int inPrompt = prompts.length(prompt);
    int rows = run.count * shape.group();
    int padded = Math.max(rows, Products.MINIMUM_ROWS);
    int firstRow = (run.head * promptOf.length + run.first) * shape.group();
    NativeCalls calls = crew.calls(worker);
    try (ChunkPool.Frame own = crew.scratch(worker)) {
      Nd4jTensor promptWeights = own.floats(padded, inPrompt);
      calls.productTransposed(
          Matrix.rows(queries, firstRow, firstRow + padded),
          entries.promptKeys(run.head, start, inPrompt),
          Matrix.of(promptWeights),
          shape.scale(),
          0);
      Nd4jTensor joint = own.floats(rows, inPrompt + progress.steps() + 1);
      join(promptWeights, ownWeights, joint);
      calls.softmax(Matrix.of(joint), Matrix.of(joint));
      part(joint, promptWeights, ownWeights);
      Nd4jTensor result = own.floats(padded, shape.headDim());
      calls.product(
          Matrix.of(promptWeights),
          entries.promptValues(run.head, start, inPrompt),
          Matrix.of(result),
          1,
          0);
      result.read(0, sums, at, rows * shape.headDim());
    }
  }

  /** Rows of left, and behind each as much of the row of right as joint has room for. */
  private static void join(Nd4jTensor left, Nd4jTensor right, Nd4jTensor joint) {
    int width = joint.rowSize();
    int leftWidth = left.rowSize();
    float[] row = new float[width];
    for (int r = 0; r < joint.rows(); r++) {
      left.read((long) r * leftWidth, row, 0, leftWidth);
      right.read((long) r * right.rowSize(), row, leftWidth, width - leftWidth);
      joint.write((long) r * width, row, 0, width);
    }
  }

  /** Undoes {@link #join}; what is behind the joint rows becomes zero in right. */
  private static void part(Nd4jTensor joint, Nd4jTensor left, Nd4jTensor right) {
    int width = joint.rowSize();
    int leftWidth = left.rowSize();
    float[] row = new float[leftWidth + right.rowSize()];
    for (int r = 0; r < joint.rows(); r++) {
      joint.read((long) r * width, row, 0, width);
      left.write((long) r * leftWidth, row, 0, leftWidth);
      right.write((long) r * right.rowSize(), row, leftWidth, right.rowSize());
    }
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
    for (HostKvLayer layer : layers) {
      if (layer != null) {
        layer.keep(live);
      }
    }
    promptOf = Arrays.stream(live).map(i -> promptOf[i]).toArray();
  }

  @Override
  public void close() {
    if (progress.close()) {
      Arrays.stream(layers).filter(layer -> layer != null).forEach(HostKvLayer::close);
    }
  }
}
