package dev.terse.engine.nd4j;

import dev.terse.engine.Arena;
import dev.terse.engine.Shapes;

/**
 * A level of the stack on a {@link ChunkPool}; the root owns the pool. When a level on the root is
 * closed, such as a training step, others may use its memory.
 */
final class Nd4jArena implements Arena {
  private final Nd4jArena parent;
  private final ChunkPool pool;
  private final ChunkPool.Mark start;
  private Nd4jArena nested;
  private boolean closed;

  private Nd4jArena(Nd4jArena parent, ChunkPool pool) {
    this.parent = parent;
    this.pool = pool;
    this.start = pool.mark();
  }

  static Nd4jArena root(ChunkPool pool) {
    return new Nd4jArena(null, pool);
  }

  @Override
  public Nd4jTensor floats(int... shape) {
    requireTop("asked for a tensor");
    Shapes.requirePositive(shape);
    return pool.take(shape);
  }

  @Override
  public Nd4jTensor zeros(int... shape) {
    Nd4jTensor tensor = floats(shape);
    tensor.clear();
    return tensor;
  }

  @Override
  public Nd4jArena open() {
    requireTop("opened");
    nested = new Nd4jArena(this, pool);
    return nested;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (nested != null) {
      throw new IllegalStateException("an arena was closed before the arena nested in it");
    }
    closed = true;
    pool.backTo(start);
    if (parent == null) {
      pool.close();
      return;
    }
    parent.nested = null;
    if (parent.parent == null) {
      pool.giveBackUnused();
    }
  }

  private void requireTop(String what) {
    if (closed) {
      throw new IllegalStateException("an arena was " + what + " after it had been closed");
    }
    if (nested != null) {
      throw new IllegalStateException("an arena was " + what + " while a nested arena was open");
    }
  }
}
