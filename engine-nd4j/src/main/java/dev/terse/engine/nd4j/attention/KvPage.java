package dev.terse.engine.nd4j.attention;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.nd4j.memory.Block;
import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.nd4j.memory.Memory;
import dev.terse.engine.numbers.NumberType;

/**
 * Keys and values of up to {@value #POSITIONS} neighbouring positions, all layers in one piece of
 * native memory, [layers, 2, K, capacity, D]. What lies behind the last position holds no NaN among
 * the values, so that weights of 0 drop it.
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
  private final int capacity;
  private final int keysSize; // of a layer's keys, and of its values
  private final Block block;

  /**
   * A page of a capacity of {@code positions}, rounded up to a multiple of {@value #STEP}.
   *
   * @param positions at most {@value #POSITIONS}
   */
  KvPage(Memory memory, int layers, AttentionShape shape, int positions) {
    this.memory = memory;
    this.layers = layers;
    this.shape = shape;
    this.capacity = (positions + STEP - 1) / STEP * STEP;
    this.keysSize = shape.kvHeads() * capacity * shape.headDim();
    this.block = new Block(2L * layers * keysSize, memory, Block.Use.OWNED);
    float[] zeros = new float[keysSize];
    for (int layer = 0; layer < layers; layer++) {
      block.write(values(layer).offset(), zeros, 0, keysSize);
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
    return new Matrix(block, offset, shape.kvHeads() * capacity, dim, dim, NumberType.FLOAT32);
  }

  /** Writes one position of one layer: rows {@code k[at..]} and {@code v[at..]}, each [K*D]. */
  void put(int layer, int position, float[] k, float[] v, int at) {
    int dim = shape.headDim();
    long keys = keys(layer).offset();
    for (int head = 0; head < shape.kvHeads(); head++) {
      long row = keys + ((long) head * capacity + position) * dim;
      block.write(row, k, at + head * dim, dim);
      block.write(row + keysSize, v, at + head * dim, dim);
    }
  }

  /** A page of a larger capacity with the same entries; this one is closed. */
  KvPage grown(int positions) {
    KvPage larger = new KvPage(memory, layers, shape, positions);
    float[] head = new float[capacity * shape.headDim()];
    for (int i = 0; i < 2 * layers * shape.kvHeads(); i++) {
      block.read((long) i * head.length, head, 0, head.length);
      long at = (long) i * larger.capacity * shape.headDim();
      larger.block.write(at, head, 0, head.length);
    }
    close();
    return larger;
  }

  @Override
  public void close() {
    block.close();
  }
}
