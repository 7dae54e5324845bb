package dev.terse.engine.nd4j.memory;

import java.util.ArrayList;
import java.util.List;

/**
 * Chunks of native memory, filled one after another. A mark is how far the pool is filled; going
 * back to it frees everything taken since, at no cost.
 */
public final class ChunkPool implements AutoCloseable {
  /** Every tensor begins at a cache line (16 floats): oneDNN loads whole lines. */
  private static final long ALIGNMENT = 16;

  /** How far a pool is filled: the chunk in use and the floats taken from it. */
  record Mark(int chunk, long used) {}

  private final ChunkStore store;
  private final List<Block> chunks = new ArrayList<>();
  private int chunk;
  private long used;

  /**
   * @param store where chunks come from and go back to
   */
  public ChunkPool(ChunkStore store) {
    this.store = store;
  }

  /** Floats that {@code size} floats take so that what follows begins at a cache line. */
  public static long aligned(long size) {
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  Mark mark() {
    return new Mark(chunk, used);
  }

  void backTo(Mark mark) {
    chunk = mark.chunk;
    used = mark.used;
  }

  public Nd4jTensor take(int... shape) {
    long size = 1;
    for (int axis : shape) {
      size *= axis;
    }
    long padded = aligned(size);
    while (chunk < chunks.size() && used + padded > chunks.get(chunk).length()) {
      chunk++;
      used = 0;
    }
    if (chunk == chunks.size()) {
      chunks.add(store.take(padded));
    }
    Nd4jTensor tensor = Nd4jTensor.view(chunks.get(chunk), used, shape);
    used += padded;
    return tensor;
  }

  /** Scratch memory until the frame is closed; frames nest. */
  public Frame frame() {
    return new Frame(mark());
  }

  /** What was taken since it was opened. */
  public final class Frame implements AutoCloseable {
    private final Mark start;

    private Frame(Mark start) {
      this.start = start;
    }

    public Nd4jTensor floats(int... shape) {
      return take(shape);
    }

    /** bfloat16 numbers, [rows, columns]. */
    public Matrix bfloat16(int rows, int columns) {
      int floats = Math.toIntExact(((long) rows * columns + 1) / 2);
      return Matrix.bfloat16(take(floats), rows, columns);
    }

    @Override
    public void close() {
      backTo(start);
    }
  }

  /** Native memory held, in bytes. */
  public long bytes() {
    return chunks.stream().mapToLong(Block::length).sum() * Float.BYTES;
  }

  /** Gives back the chunks of which nothing is in use. */
  void giveBackUnused() {
    List<Block> unused = chunks.subList(used == 0 ? chunk : chunk + 1, chunks.size());
    store.giveBack(unused);
    unused.clear();
  }

  /** Gives back all chunks; what was taken is gone. */
  @Override
  public void close() {
    chunk = 0;
    used = 0;
    giveBackUnused();
  }
}
