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
 * sequence) pairs, ordered by head, and each member of the crew takes a range of them. Within a
 * range the sequences of one prompt go together: their scores against the prompt are one product,
 * which reads the prompt once.
 *
 * <p>A sequence's bits do not depend on the others: products against the prompt have at least
 * {@link Products#MINIMUM_ROWS} rows, those against its own positions have its own rows only.
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
      queries.rowsView(rows, rows + Products.MINIMUM_ROWS).array().assign(0);
      Nd4jTensor outputs = own.floats(rows, shape.headDim());
      kernels.splitColumns(Nd4jTensor.of(q), shape.kvHeads(), queries.rowsView(0, rows));
      crew.workers()
          .rows(
              shape.kvHeads() * live,
              1,
              (worker, from, to) -> {
                for (Run run : runs(from, to)) {
                  attend(worker, entries, run, queries, outputs);
                }
              });
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
      int worker, HostKvLayer entries, Run run, Nd4jTensor queries, Nd4jTensor outputs) {
    int prompt = promptOf[run.first];
    int group = shape.group();
    int rows = run.count * group;
    int firstRow = (run.head * promptOf.length + run.first) * group;
    int inPrompt = prompts.length(prompt);
    int steps = progress.steps() + 1;
    int padded = Math.max(rows, Products.MINIMUM_ROWS);
    NativeCalls calls = crew.calls(worker);
    try (ChunkPool.Frame own = crew.scratch(worker)) {
      Nd4jTensor scores = own.floats(padded, inPrompt + steps);
      calls.productTransposed(
          Matrix.rows(queries, firstRow, firstRow + padded),
          entries.promptKeys(run.head, prompts.start(prompt), inPrompt),
          Matrix.of(scores).columns(0, inPrompt),
          shape.scale(),
          0);
      for (int s = 0; s < run.count; s++) {
        calls.productTransposed(
            Matrix.rows(queries, firstRow + s * group, firstRow + (s + 1) * group),
            entries.keys(run.first + s, run.head, steps),
            Matrix.rows(scores, s * group, (s + 1) * group).columns(inPrompt, inPrompt + steps),
            shape.scale(),
            0);
      }
      Matrix weights = Matrix.rows(scores, 0, rows);
      calls.softmax(weights, weights);
      // Contiguous again, as products want their inputs.
      Nd4jTensor promptWeights = own.floats(padded, inPrompt);
      Nd4jTensor ownWeights = own.floats(rows, steps);
      apart(scores, rows, promptWeights, ownWeights);
      Nd4jTensor result = own.floats(padded, shape.headDim());
      calls.product(
          Matrix.of(promptWeights),
          entries.promptValues(run.head, prompts.start(prompt), inPrompt),
          Matrix.of(result),
          1,
          0);
      for (int s = 0; s < run.count; s++) {
        calls.product(
            Matrix.rows(ownWeights, s * group, (s + 1) * group),
            entries.values(run.first + s, run.head, steps),
            Matrix.rows(result, s * group, (s + 1) * group),
            1,
            1);
      }
      float[] values = new float[rows * shape.headDim()];
      result.read(0, values, 0, values.length);
      outputs.write((long) firstRow * shape.headDim(), values, 0, values.length);
    }
  }

  private static void apart(Nd4jTensor scores, int rows, Nd4jTensor left, Nd4jTensor right) {
    int width = scores.rowSize();
    float[] row = new float[width];
    for (int r = 0; r < rows; r++) {
      scores.read((long) r * width, row, 0, width);
      left.write((long) r * left.rowSize(), row, 0, left.rowSize());
      right.write((long) r * right.rowSize(), row, left.rowSize(), right.rowSize());
    }
    Arrays.fill(row, 0);
    for (int r = rows; r < left.rows(); r++) {
      left.write((long) r * left.rowSize(), row, 0, left.rowSize());
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
      layer.keep(live);
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
