package dev.terse.engine.nd4j.memory;

import dev.terse.engine.Shapes;
import dev.terse.engine.spi.StackedArena;

/**
 * A level of the stack on a {@link ChunkPool}; the root owns the pool. When a level on the root is
 * closed, such as a training step, others may use its memory.
 */
public final class Nd4jArena extends StackedArena {
  private final ChunkPool pool;
  private final ChunkPool.Mark start;

  private Nd4jArena(Nd4jArena parent, ChunkPool pool) {
    super(parent);
    this.pool = pool;
    this.start = pool.mark();
  }

  public static Nd4jArena root(ChunkPool pool) {
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
  protected Nd4jArena nest() {
    return new Nd4jArena(this, pool);
  }

  @Override
  protected void release() {
    pool.backTo(start);
    if (depth() == 0) {
      pool.close();
    } else if (depth() == 1) {
      pool.giveBackUnused();
    }
  }
}
