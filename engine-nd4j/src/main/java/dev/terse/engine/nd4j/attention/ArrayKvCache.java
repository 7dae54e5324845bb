package dev.terse.engine.nd4j.attention;

import static dev.terse.engine.nd4j.calls.NativeCalls.Form.AB;
import static dev.terse.engine.nd4j.calls.NativeCalls.Form.ABT;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Qkv;
import dev.terse.engine.Shapes;
import dev.terse.engine.nd4j.calls.ArrayCalls;
import dev.terse.engine.nd4j.calls.ArrayOps;
import dev.terse.engine.nd4j.calls.ThreadTeam;
import dev.terse.engine.nd4j.kernels.RowKernels;
import dev.terse.engine.nd4j.memory.Block;
import dev.terse.engine.nd4j.memory.ChunkPool;
import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.nd4j.memory.Nd4jTensor;
import dev.terse.engine.spi.CheckedKvCache;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A cache of ND4J arrays: the entries of each prompt in a layer [K, T, D], the sequences' own [B,
 * K, M, D]. A step goes through the prompts; all sequences of one prompt and length and all heads
 * go together in batched matmuls.
 */
public final class ArrayKvCache extends CheckedKvCache<Nd4jTensor, ArrayKvCache.PromptEntries> {
  private final ThreadTeam team;
  private final RowKernels kernels;
  private final AttentionShape shape;
  private final int maxNewTokens;
  private final Runnable atEnd;
  private final ArrayCalls calls = new ArrayCalls();

  /** Keys and values of all sequences in each layer, [B or more, K, M, D]. */
  private final Nd4jTensor[][] own;

  /** Keys and values of a prompt in each layer, [K, T, D]. */
  record PromptEntries(Nd4jTensor[][] layers) implements Entries {
    /** What a sequence holds apart from the others: nothing, its own lie in {@link #own}. */
    static final PromptEntries NONE = new PromptEntries(new Nd4jTensor[0][]);

    @Override
    public void close() {
      closeAll(layers);
    }
  }

  private static void closeAll(Nd4jTensor[][] tensors) {
    Arrays.stream(tensors).flatMap(Arrays::stream).forEach(Nd4jTensor::close);
  }

  /**
   * @param atEnd called once, when the cache is closed
   */
  public ArrayKvCache(
      ThreadTeam team,
      RowKernels kernels,
      int layers,
      AttentionShape shape,
      int maxNewTokens,
      Runnable atEnd) {
    super(Nd4jTensor.OWN, layers, shape, maxNewTokens);
    this.team = team;
    this.kernels = kernels;
    this.shape = shape;
    this.maxNewTokens = maxNewTokens;
    this.atEnd = atEnd;
    this.own = new Nd4jTensor[layers][0];
  }

  @Override
  protected PromptEntries newPrompt(int length) {
    return new PromptEntries(new Nd4jTensor[own.length][0]);
  }

  @Override
  protected PromptEntries newSequence() {
    return PromptEntries.NONE;
  }

  @Override
  protected void joined(int before) {
    for (int layer = 0; layer < own.length; layer++) {
      Nd4jTensor[] old = own[layer];
      own[layer] = new Nd4jTensor[] {ofAllSequences(), ofAllSequences()};
      for (int i = 0; i < old.length; i++) {
        if (before > 0) {
          rows(own[layer][i], 0, before).assign(rows(old[i], 0, before));
        }
        old[i].close();
      }
    }
  }

  @Override
  protected void dropped(int[] indices) {
    for (Nd4jTensor[] layer : own) {
      for (Nd4jTensor tensor : layer) {
        for (int to = 0; to < indices.length; to++) {
          if (indices[to] != to) {
            rows(tensor, to, to + 1).assign(rows(tensor, indices[to], indices[to] + 1));
          }
        }
      }
    }
  }

  private static INDArray rows(Nd4jTensor x, int from, int to) {
    return x.rowsView(from, to).array();
  }

  /** Memory for the own entries of all live sequences, [B, K, M, D]. */
  private Nd4jTensor ofAllSequences() {
    return owned(live().size(), shape.kvHeads(), maxNewTokens, shape.headDim());
  }

  @Override
  protected void putPrompt(int layer, PromptEntries prompt, Nd4jTensor k, Nd4jTensor v) {
    prompt.layers[layer] = new Nd4jTensor[] {apart(k), apart(v)};
  }

  private Nd4jTensor apart(Nd4jTensor x) {
    Nd4jTensor out = owned(shape.kvHeads(), x.rows(), shape.headDim());
    kernels.splitColumns(x, shape.kvHeads(), out);
    return out;
  }

  private Nd4jTensor owned(int... axes) {
    return Nd4jTensor.owning(new Block(Shapes.size(axes), team.memory(), Block.Use.OWNED), axes);
  }

  @Override
  protected void attend(int layer, Qkv<Nd4jTensor> step, Nd4jTensor out) {
    int count = live().size();
    for (int from = 0; from < count; ) {
      int to = from + 1;
      while (to < count && alike(live().get(from), live().get(to))) {
        to++;
      }
      append(from, to, step.k(), own[layer][0]);
      append(from, to, step.v(), own[layer][1]);
      attend(layer, from, to, step.q().rowsView(from, to), out.rowsView(from, to));
      from = to;
    }
  }

  private static boolean alike(Sequence<PromptEntries> a, Sequence<PromptEntries> b) {
    return a.prompt() == b.prompt() && a.added() == b.added();
  }

  private void append(int from, int to, Nd4jTensor x, Nd4jTensor entries) {
    long dim = shape.headDim();
    long head = maxNewTokens * dim;
    long[] axes = {to - from, shape.kvHeads(), dim};
    long[] strides = {shape.kvHeads() * head, head, 1};
    entries
        .block()
        .strided(from * shape.kvHeads() * head + live().get(from).added() * dim, axes, strides)
        .assign(x.rowsView(from, to).arrayOf(axes));
  }

  /** Sequences {@code from} to {@code to}, all of one prompt and length. */
  private void attend(int layer, int from, int to, Nd4jTensor q, Nd4jTensor out) {
    Prompt<PromptEntries> continued = live().get(from).prompt();
    Nd4jTensor[] prompt = continued.entries().layers[layer];
    int t = continued.length();
    int steps = live().get(from).added() + 1;
    int b = to - from;
    int heads = shape.kvHeads();
    int group = shape.group();
    int dim = shape.headDim();
    try (ChunkPool.Frame scratch = team.scratch(0)) {
      INDArray queries = scratch.floats(heads, b * group, dim).array();
      INDArray promptScores = scratch.floats(heads, b * group, t).array();
      INDArray ownScores = scratch.floats(b * heads, group, steps).array();
      Nd4jTensor scores = scratch.floats(b, heads, group, t + steps);
      INDArray promptOut = scratch.floats(heads, b * group, dim).array();
      INDArray ownOut = scratch.floats(b * heads, group, dim).array();

      queries
          .reshape(heads, b, group, dim)
          .assign(q.arrayOf(b, heads, group, dim).permute(1, 0, 2, 3));
      scores(queries, prompt[0].array(), promptScores);
      scores(q.arrayOf(b * heads, group, dim), viewOf(own[layer][0], from, to, steps), ownScores);

      INDArray inPrompt = last(scores.array(), 0, t);
      INDArray inOwn = last(scores.array(), t, t + steps);
      INDArray promptByHead = promptScores.reshape(heads, b, group, t).permute(1, 0, 2, 3);
      inPrompt.assign(promptByHead);
      inOwn.assign(ownScores.reshape(b, heads, group, steps));
      Matrix rows = Matrix.of(scores.shapedView(b * heads * group, t + steps));
      team.calls(0).softmax(rows, rows);
      promptByHead.assign(inPrompt);
      ownScores.reshape(b, heads, group, steps).assign(inOwn);

      weigh(promptScores, prompt[1].array(), promptOut);
      weigh(ownScores, viewOf(own[layer][1], from, to, steps), ownOut);
      ArrayOps.add(
          ownOut.reshape(b, heads, group, dim),
          promptOut.reshape(heads, b, group, dim).permute(1, 0, 2, 3),
          out.arrayOf(b, heads, group, dim));
    }
  }

  private void scores(INDArray queries, INDArray keys, INDArray out) {
    calls.multiply(ABT, queries, keys, out, shape.scale(), 0);
  }

  private void weigh(INDArray weights, INDArray values, INDArray out) {
    calls.multiply(AB, weights, values, out, 1, 0);
  }

  /** The filled own entries of some sequences, without a copy, [b*K, steps, D]. */
  private INDArray viewOf(Nd4jTensor x, int from, int to, int steps) {
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
  protected void release() {
    calls.close();
    closeAll(own);
    atEnd.run();
  }
}
