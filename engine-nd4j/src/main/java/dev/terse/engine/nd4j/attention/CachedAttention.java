package dev.terse.engine.nd4j.attention;

import static dev.terse.engine.nd4j.calls.NativeCalls.Form.AB;
import static dev.terse.engine.nd4j.calls.NativeCalls.Form.ABT;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.nd4j.calls.NativeCalls;
import dev.terse.engine.nd4j.calls.ThreadTeam;
import dev.terse.engine.nd4j.kernels.Operands;
import dev.terse.engine.nd4j.memory.ChunkPool;
import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.nd4j.memory.Nd4jTensor;
import dev.terse.engine.numbers.NumberType;
import java.util.Arrays;
import java.util.List;

/**
 * Attention of the newest position of some sequences to their common prompt and each to its own
 * positions. Keys and values are read where the cache has them. With bfloat16 matmuls the queries
 * and the softmax's weights are rounded as in attention over whole segments; else nothing is
 * copied.
 *
 * <p>A sequence's query heads under one key-value head are the rows of one matmul, all key-value
 * heads one batch. Many sequences read their prompt together, a matmul for each query head; few
 * read it one by one, from a cache that it stays in. Both give a row the same bits, since no matmul
 * runs over more than {@link KvPage#POSITIONS} positions.
 */
final class CachedAttention {
  /** What could be read from a cache in the time that a call takes beside its work. */
  private static final long CALL_BYTES = 12_000;

  private static final float[] NEVER = new float[KvPage.POSITIONS];

  static {
    Arrays.fill(NEVER, Float.NEGATIVE_INFINITY);
  }

  private final NativeCalls calls;
  private final Operands operands;
  private final int worker;
  private final AttentionShape shape;
  private final int layer;

  CachedAttention(ThreadTeam team, Operands operands, int worker, AttentionShape shape, int layer) {
    this.calls = team.calls(worker);
    this.operands = operands;
    this.worker = worker;
    this.shape = shape;
    this.layer = layer;
  }

  /**
   * Entries and how many of them count.
   *
   * @param length positions that may be seen
   */
  record Past(KvEntries entries, int length) {}

  /**
   * @param prompt seen by all sequences
   * @param own of each sequence, all of one width, [B]
   * @param in queries, [B, H*D]
   * @param out [B, H*D], overwritten
   * @param scratch for the weights
   */
  void attend(Past prompt, List<Past> own, Matrix in, Matrix out, ChunkPool.Frame scratch) {
    int heads = shape.heads();
    int count = own.size();
    int ofPrompt = prompt.entries.capacity();
    int width = ofPrompt + own.get(0).entries.capacity();
    boolean together = readsTogether(count, ofPrompt);
    Matrix queries = operands.of(worker, scratch, in);
    Nd4jTensor scores = scratch.floats(count * heads, width);
    if (together) {
      promptScores(prompt.entries, queries, Matrix.of(scores));
    }
    for (int s = 0; s < count; s++) {
      Matrix query = heads(queries, s);
      Matrix row = Matrix.rows(scores, s * heads, (s + 1) * heads);
      if (!together) {
        scores(query, prompt.entries, row, 0);
      }
      scores(query, own.get(s).entries, row, ofPrompt);
      for (int r = s * heads; r < (s + 1) * heads; r++) {
        hide(scores, r, prompt.length, ofPrompt);
        hide(scores, r, ofPrompt + own.get(s).length, width);
      }
    }
    Matrix weights = weights(scores, scratch);
    if (together) {
      promptSums(prompt.entries, weights, out);
    }
    for (int s = 0; s < count; s++) {
      Matrix row = weights.rows(s * heads, (s + 1) * heads);
      Matrix sums = heads(out, s);
      if (!together) {
        sums(prompt.entries, row, 0, sums, 0);
      }
      sums(own.get(s).entries, row, ofPrompt, sums, 1);
    }
  }

  /** The softmax of each row, as an operand; in the scores' memory where that is of its type. */
  private Matrix weights(Nd4jTensor scores, ChunkPool.Frame scratch) {
    Matrix in = Matrix.of(scores);
    Matrix out =
        operands.type() == NumberType.FLOAT32
            ? in
            : operands.empty(scratch, in.rows(), in.columns());
    calls.softmax(in, out);
    return operands.rounded(worker, out);
  }

  /**
   * Reading together takes a call for each query head and reads the prompt once for each head of a
   * group; one by one takes a call and a pass for each sequence.
   */
  private boolean readsTogether(int sequences, int width) {
    long bytes = (long) width * shape.kvHeads() * shape.headDim() * operands.type().bytes();
    return sequences * (CALL_BYTES + bytes) > shape.heads() * CALL_BYTES + shape.group() * bytes;
  }

  /** A sequence's row as its heads, [H, D]. */
  private Matrix heads(Matrix rows, int sequence) {
    return rows.rows(sequence, sequence + 1).reshaped(shape.heads(), shape.headDim());
  }

  private void scores(Matrix query, KvEntries entries, Matrix weights, int column) {
    int at = column;
    for (KvPage page : entries.pages()) {
      int to = at + page.capacity();
      Matrix part = weights.columns(at, to);
      calls.matmul(ABT, shape.kvHeads(), query, page.keys(layer), part, shape.scale(), 0);
      at = to;
    }
  }

  private void sums(KvEntries entries, Matrix weights, int column, Matrix out, double firstBeta) {
    int at = column;
    double beta = firstBeta;
    for (KvPage page : entries.pages()) {
      int to = at + page.capacity();
      Matrix part = weights.columns(at, to);
      calls.matmul(AB, shape.kvHeads(), part, page.values(layer), out, 1, beta);
      beta = 1;
      at = to;
    }
  }

  private void promptScores(KvEntries entries, Matrix queries, Matrix weights) {
    int at = 0;
    for (KvPage page : entries.pages()) {
      int to = at + page.capacity();
      for (int h = 0; h < shape.heads(); h++) {
        Matrix keys = ofHead(page.keys(layer), h);
        Matrix scores = ofQueryHead(weights, h).columns(at, to);
        calls.matmul(ABT, channels(queries, h), keys, scores, shape.scale(), 0);
      }
      at = to;
    }
  }

  private void promptSums(KvEntries entries, Matrix weights, Matrix out) {
    int at = 0;
    for (KvPage page : entries.pages()) {
      int to = at + page.capacity();
      for (int h = 0; h < shape.heads(); h++) {
        Matrix part = ofQueryHead(weights, h).columns(at, to);
        calls.matmul(AB, part, ofHead(page.values(layer), h), channels(out, h), 1, at == 0 ? 0 : 1);
      }
      at = to;
    }
  }

  /** A query head's channels in all rows, [B, D]. */
  private Matrix channels(Matrix rows, int head) {
    return rows.columns(head * shape.headDim(), (head + 1) * shape.headDim());
  }

  /** Entries that a query head reads, [capacity, D]. */
  private Matrix ofHead(Matrix entries, int head) {
    int capacity = entries.rows() / shape.kvHeads();
    int kvHead = head / shape.group();
    return entries.rows(kvHead * capacity, (kvHead + 1) * capacity);
  }

  /** A query head's weights in all sequences, [B, width]. */
  private Matrix ofQueryHead(Matrix weights, int head) {
    int width = weights.columns();
    int heads = shape.heads();
    return weights
        .reshaped(weights.rows() / heads, heads * width)
        .columns(head * width, (head + 1) * width);
  }

  private static void hide(Nd4jTensor weights, int row, int from, int to) {
    if (from < to) {
      weights.store((long) row * weights.rowSize() + from, NEVER, 0, to - from);
    }
  }
}
