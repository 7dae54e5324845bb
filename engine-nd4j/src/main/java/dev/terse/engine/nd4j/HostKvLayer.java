package dev.terse.engine.nd4j;

import dev.terse.engine.AttentionShape;
import java.util.Arrays;

/**
 * Keys and values of one layer in native memory: of the prompts [K, N, D], once for all their
 * sequences, and of each sequence's own positions [slot, K, capacity, D]. The capacity doubles when
 * it is used up; only the slots of live sequences move to the new memory.
 */
final class HostKvLayer implements AutoCloseable {
  private static final int FIRST_CAPACITY = 32;

  private final int kvHeads;
  private final int dim;
  private final Nd4jTensor promptKeys;
  private final Nd4jTensor promptValues;
  private Nd4jTensor keys;
  private Nd4jTensor values;
  private int capacity = FIRST_CAPACITY;
  private int[] slots;

  HostKvLayer(RowKernels kernels, AttentionShape shape, Nd4jTensor k, Nd4jTensor v, int sequences) {
    this.kvHeads = shape.kvHeads();
    this.dim = shape.headDim();
    this.promptKeys = owned(kvHeads * k.rows());
    this.promptValues = owned(kvHeads * k.rows());
    kernels.splitColumns(k, kvHeads, promptKeys);
    kernels.splitColumns(v, kvHeads, promptValues);
    this.slots = new int[sequences];
    Arrays.setAll(slots, s -> s);
    this.keys = owned(sequences * kvHeads * capacity);
    this.values = owned(sequences * kvHeads * capacity);
  }

  /** Adds position {@code step} to every live sequence; k and v are [B, K*D]. */
  void append(int step, Nd4jTensor k, Nd4jTensor v) {
    if (step == capacity) {
      grow();
    }
    append(step, k.toFloats(), keys);
    append(step, v.toFloats(), values);
  }

  private void append(int step, float[] x, Nd4jTensor to) {
    for (int b = 0; b < slots.length; b++) {
      for (int head = 0; head < kvHeads; head++) {
        to.write((long) (row(b, head) + step) * dim, x, (b * kvHeads + head) * dim, dim);
      }
    }
  }

  /** First row of a sequence's own entries under one head. */
  private int row(int sequence, int head) {
    return (slots[sequence] * kvHeads + head) * capacity;
  }

  private void grow() {
    Nd4jTensor newKeys = owned(slots.length * kvHeads * capacity * 2);
    Nd4jTensor newValues = owned(slots.length * kvHeads * capacity * 2);
    float[] head = new float[capacity * dim];
    for (int b = 0; b < slots.length; b++) {
      for (int h = 0; h < kvHeads; h++) {
        long from = (long) row(b, h) * dim;
        long to = (long) (b * kvHeads + h) * capacity * 2 * dim;
        keys.read(from, head, 0, head.length);
        newKeys.write(to, head, 0, head.length);
        values.read(from, head, 0, head.length);
        newValues.write(to, head, 0, head.length);
      }
    }
    keys.close();
    values.close();
    keys = newKeys;
    values = newValues;
    capacity *= 2;
    Arrays.setAll(slots, s -> s);
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

  /** A sequence's own entries, [count, D]. */
  Matrix keys(int sequence, int head, int count) {
    return Matrix.rows(keys, row(sequence, head), row(sequence, head) + count);
  }

  Matrix values(int sequence, int head, int count) {
    return Matrix.rows(values, row(sequence, head), row(sequence, head) + count);
  }

  void keep(int[] live) {
    slots = Arrays.stream(live).map(b -> slots[b]).toArray();
  }

  private Nd4jTensor owned(int rows) {
    return Nd4jTensor.owning(new Block((long) rows * dim, true), rows, dim);
  }

  @Override
  public void close() {
    promptKeys.close();
    promptValues.close();
    keys.close();
    values.close();
  }
}
