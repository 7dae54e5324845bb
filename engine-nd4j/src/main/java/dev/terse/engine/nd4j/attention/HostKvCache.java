package dev.terse.engine.nd4j.attention;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Qkv;
import dev.terse.engine.nd4j.calls.ThreadTeam;
import dev.terse.engine.nd4j.kernels.Operands;
import dev.terse.engine.nd4j.memory.ChunkPool;
import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.nd4j.memory.Nd4jTensor;
import dev.terse.engine.spi.CheckedKvCache;
import java.util.ArrayList;
import java.util.List;

/**
 * A cache for CPUs.
 *
 * <p>What: entries of a prompt, once for its sequences, and what each sequence adds, in memory of
 * their own ({@link KvEntries}). So sequences join and leave without moving another's. With
 * bfloat16 matmuls the entries are bfloat16 too: half the memory and half the reads, and the
 * numbers that attention over whole segments rounds them to.
 *
 * <p>How: each worker serves a range of the live sequences, cut by their lengths. It appends their
 * newest entries and attends for them ({@link CachedAttention}) without waiting for the others.
 * Neighbours that share a prompt and a capacity go in one call.
 *
 * <p>Why pages of at most {@value KvPage#POSITIONS} positions that grow by a quarter, and not fixed
 * small ones (PagedAttention, arXiv 2309.06180): a matmul runs over a page, and on a CPU its call
 * costs as much as reading 12 KB; but beyond that many positions its sums are cut in another order
 * for one query than for many. So a sequence's bits do not depend on the others.
 */
public final class HostKvCache extends CheckedKvCache<Nd4jTensor, KvEntries> {
  /** Positions whose matmuls take as long as the rest of the work on a sequence. */
  private static final int OVERHEAD = 64;

  private final ThreadTeam team;
  private final Operands operands;
  private final AttentionShape shape;
  private final int layers;
  private final Runnable atEnd;

  /**
   * @param atEnd called once, when the cache is closed
   */
  public HostKvCache(
      ThreadTeam team,
      Operands operands,
      int layers,
      AttentionShape shape,
      int maxNewTokens,
      Runnable atEnd) {
    super(Nd4jTensor.OWN, layers, shape, maxNewTokens);
    this.team = team;
    this.operands = operands;
    this.shape = shape;
    this.layers = layers;
    this.atEnd = atEnd;
  }

  @Override
  protected KvEntries newPrompt(int length) {
    KvEntries entries = newSequence();
    entries.reserve(length);
    return entries;
  }

  @Override
  protected KvEntries newSequence() {
    return new KvEntries(team.memory(), layers, shape, operands.type());
  }

  @Override
  protected void putPrompt(int layer, KvEntries prompt, Nd4jTensor k, Nd4jTensor v) {
    float[] keys = operands.rounded(k.toFloats());
    float[] values = operands.rounded(v.toFloats());
    for (int i = 0; i < k.rows(); i++) {
      prompt.put(layer, i, keys, values, i * k.rowSize());
    }
  }

  @Override
  protected void attend(int layer, Qkv<Nd4jTensor> step, Nd4jTensor out) {
    Matrix queries = Matrix.of(step.q());
    Matrix sums = Matrix.of(out);
    team.threads()
        .ranges(
            bounds(),
            (worker, from, to) -> {
              append(layer, from, to, step.k(), step.v());
              attend(worker, layer, from, to, queries, sums);
            });
  }

  /** Where the workers' ranges of sequences begin, of about equal work; by sizes only. */
  private int[] bounds() {
    int[] bounds = new int[team.count() + 1];
    long[] upTo = new long[live().size() + 1];
    for (int s = 0; s < live().size(); s++) {
      upTo[s + 1] = upTo[s] + OVERHEAD + live().get(s).prompt().length() + live().get(s).added();
    }
    int s = 0;
    for (int worker = 1; worker <= team.count(); worker++) {
      long fair = upTo[live().size()] * worker / team.count();
      while (s < live().size() && upTo[s] + upTo[s + 1] <= 2 * fair) {
        s++;
      }
      bounds[worker] = worker == team.count() ? live().size() : s;
    }
    return bounds;
  }

  private void append(int layer, int from, int to, Nd4jTensor k, Nd4jTensor v) {
    int width = shape.kvHeads() * shape.headDim();
    float[] keys = new float[(to - from) * width];
    float[] values = new float[(to - from) * width];
    k.read((long) from * width, keys, 0, keys.length);
    v.read((long) from * width, values, 0, values.length);
    operands.rounded(keys);
    operands.rounded(values);
    for (int s = from; s < to; s++) {
      Sequence<KvEntries> sequence = live().get(s);
      sequence.own().reserve(sequence.added() + 1);
      sequence.own().put(layer, sequence.added(), keys, values, (s - from) * width);
    }
  }

  private void attend(int worker, int layer, int from, int to, Matrix queries, Matrix out) {
    CachedAttention attention = new CachedAttention(team, operands, worker, shape, layer);
    for (int first = from; first < to; ) {
      Sequence<KvEntries> leader = live().get(first);
      List<CachedAttention.Past> own = new ArrayList<>();
      int end = first;
      for (; end < to && alike(leader, live().get(end)); end++) {
        Sequence<KvEntries> sequence = live().get(end);
        own.add(new CachedAttention.Past(sequence.own(), sequence.added() + 1));
      }
      try (ChunkPool.Frame scratch = team.scratch(worker)) {
        attention.attend(
            new CachedAttention.Past(leader.prompt().entries(), leader.prompt().length()),
            own,
            queries.rows(first, end),
            out.rows(first, end),
            scratch);
      }
      first = end;
    }
  }

  private static boolean alike(Sequence<KvEntries> a, Sequence<KvEntries> b) {
    return a.prompt() == b.prompt() && a.own().capacity() == b.own().capacity();
  }

  @Override
  protected void release() {
    atEnd.run();
  }
}
