package dev.terse.engine.nd4j;

import dev.terse.engine.AttentionShape;
import java.util.stream.IntStream;

/**
 * Keys and values of one layer in native memory: of the prompts [K, N, D], once for all their
 * sequences, and of the live sequences' own positions [K, B, capacity, D]. What lies behind a
 * sequence's end is zero. Memory is made anew when the capacity is used up or sequences are
 * dropped.
 */
final class HostKvLayer implements AutoCloseable {
  private static final int FIRST_CAPACITY = 32;

  private final int kvHeads;
  private final int dim;
  private final Nd4jTensor promptKeys;
  private final Nd4jTensor promptValues;
  private Nd4jTensor keys;
  private Nd4jTensor values;
  private int sequences;
  private int capacity = FIRST_CAPACITY;

  HostKvLayer(RowKernels kernels, AttentionShape shape, Nd4jTensor k, Nd4jTensor v, int sequences) {
    this.kvHeads = shape.kvHeads();
    this.dim = shape.headDim();
    this.sequences = sequences;
    this.promptKeys = owned(kvHeads * k.rows());
    this.promptValues = owned(kvHeads * k.rows());
    kernels.splitColumns(k, kvHeads, promptKeys);
    kernels.splitColumns(v, kvHeads, promptValues);
    this.keys = owned(kvHeads * sequences * capacity);
    this.values = owned(kvHeads * sequences * capacity);
  }

  /** Adds position {@code step} to every live sequence; k and v are [B, K*D]. */
  void append(int step, Nd4jTensor k, Nd4jTensor v) {
    if (step == capacity) {
      // By a quarter: the products run over the whole capacity.
      int more = Math.max(FIRST_CAPACITY, capacity / 4);
      resize(IntStream.range(0, sequences).toArray(), capacity + more);
    }
    append(step, k.toFloats(), keys);
    append(step, v.toFloats(), values);
  }

  private void append(int step, float[] x, Nd4jTensor to) {
    for (int b = 0; b < sequences; b++) {
      for (int head = 0; head < kvHeads; head++) {
        long row = (long) (head * sequences + b) * capacity + step;
        to.write(row * dim, x, (b * kvHeads + head) * dim, dim);
      }
    }
  }

  /** Goes on with the given sequences only. */
  void keep(int[] live) {
    if (live.length == 0) {
      sequences = 0;
    } else if (live.length < sequences) {
      resize(live, capacity);
    }
  }

  private void resize(int[] live, int newCapacity) {
    keys = resized(keys, live, newCapacity);
    values = resized(values, live, newCapacity);
    sequences = live.length;
    capacity = newCapacity;
  }

  private Nd4jTensor resized(Nd4jTensor from, int[] live, int newCapacity) {
    Nd4jTensor to = owned(kvHeads * live.length * newCapacity);
    float[] one = new float[capacity * dim];
    for (int head = 0; head < kvHeads; head++) {
      for (int b = 0; b < live.length; b++) {
        from.read((long) (head * sequences + live[b]) * one.length, one, 0, one.length);
        to.write((long) (head * live.length + b) * newCapacity * dim, one, 0, one.length);
      }
    }
    from.close();
    return to;
  }

  int capacity() {
    return capacity;
  }

  /** Entries of a prompt that begins at token {@code start}, [count, D]. */
  Matrix promptKeys(int head, int start, int count) {
    return ofPrompt(promptKeys, head, start, count);
  }

  Matrix promptValues(int head, int start, int count) {
    return ofPrompt(promptValues, head, start, count);
  }

  private Matrix ofPrompt(Nd4jTensor x, int head, int start, int count) {
    int from = head * (x.rows() / kvHeads) + start;
    return Matrix.rows(x, from, from + count);
  }

  /** Own entries of the (head, sequence) pairs {@code from} to {@code to}, [pairs*capacity, D]. */
  Matrix keys(int from, int to) {
    return Matrix.rows(keys, from * capacity, to * capacity);
  }

  Matrix values(int from, int to) {
    return Matrix.rows(values, from * capacity, to * capacity);
  }

  private Nd4jTensor owned(int rows) {
    Nd4jTensor tensor =
        Nd4jTensor.owning(new Block((long) rows * dim, true, Block.Use.KEPT), rows, dim);
    tensor.array().assign(0);
    return tensor;
  }

  @Override
  public void close() {
    promptKeys.close();
    promptValues.close();
    keys.close();
    values.close();
  }
}
