package dev.terse.engine.nd4j.attention;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.nd4j.memory.Memory;
import dev.terse.engine.nd4j.memory.TypedBlock;
import dev.terse.engine.numbers.NumberType;

/**
 * Keys and values of up to {@value #POSITIONS} neighbouring positions, all layers in one piece of
 * native memory, [layers, 2, K, capacity, D], in the numbers that matmuls read. What lies behind
 * the last position holds no NaN among the values, so that weights of 0 drop it.
 */
final class KvPage implements AutoCloseable {
  /**
   * Most positions of a page. A matmul over at most so many positions has the same bits for one
   * query as for many; from about 1,000 on oneDNN sums up a single query's in another order.
   */
  static final int POSITIONS = 512;

  /** Capacities are multiples of this, so that few shapes of matmuls occur. */
  static final int STEP = 32;

  private final Memory memory;
  private final int layers;
  private final AttentionShape shape;
  private final NumberType type;
  private final int capacity;
  private final int keysSize; // of a layer's keys, and of its values
  private final TypedBlock numbers;

  /**
   * A page of a capacity of {@code positions}, rounded up to a multiple of {@value #STEP}.
   *
   * @param type how the numbers lie in memory
   * @param positions at most {@value #POSITIONS}
   */
  KvPage(Memory memory, int layers, AttentionShape shape, NumberType type, int positions) {
    this.memory = memory;
    this.layers = layers;
    this.shape = shape;
    this.type = type;
    this.capacity = (positions + STEP - 1) / STEP * STEP;
    this.keysSize = shape.kvHeads() * capacity * shape.headDim();
    this.numbers = new TypedBlock(2L * layers * keysSize, type, memory);
    for (int layer = 0; layer < layers; layer++) {
      numbers.clear(values(layer).offset(), keysSize);
    }
  }

  int capacity() {
    return capacity;
  }

  /** Keys of one layer, [K*capacity, D]. */
  Matrix keys(int layer) {
    return matrix(2L * layer * keysSize);
  }

  /** Values of one layer, [K*capacity, D]. */
  Matrix values(int layer) {
    return matrix((2L * layer + 1) * keysSize);
  }

  private Matrix matrix(long offset) {
    int dim = shape.headDim();
    return numbers.matrix(offset, shape.kvHeads() * capacity, dim);
  }

  /** Writes one position of one layer: rows {@code k[at..]} and {@code v[at..]}, each [K*D]. */
  void put(int layer, int position, float[] k, float[] v, int at) {
    int dim = shape.headDim();
    long keys = keys(layer).offset();
    for (int head = 0; head < shape.kvHeads(); head++) {
      long row = keys + ((long) head * capacity + position) * dim;
      numbers.write(row, k, at + head * dim, dim);
      numbers.write(row + keysSize, v, at + head * dim, dim);
    }
  }

  /** A page of a larger capacity with the same entries; this one is closed. */
  KvPage grown(int positions) {
    KvPage larger = new KvPage(memory, layers, shape, type, positions);
    int head = capacity * shape.headDim();
    for (int i = 0; i < 2 * layers * shape.kvHeads(); i++) {
      long at = (long) i * larger.capacity * shape.headDim();
      numbers.copyTo(larger.numbers, (long) i * head, at, head);
    }
    close();
    return larger;
  }

  @Override
  public void close() {
    numbers.close();
  }
}
