package dev.terse.engine.reference;

import dev.terse.engine.Arena;
import dev.terse.engine.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * An arena that finds misuse. Undefined contents are NaN, so whoever reads them sees it; after the
 * close every tensor taken from here refuses to be used; so does the arena while a nested one is
 * open.
 */
final class HeapArena implements Arena {
  private final HeapArena parent;
  private final Life life = new Life();
  private final List<HeapTensor> lent = new ArrayList<>();
  private HeapArena nested;
  private boolean closed;

  HeapArena(HeapArena parent) {
    this.parent = parent;
  }

  @Override
  public Tensor floats(int... shape) {
    return lend(Double.NaN, shape);
  }

  @Override
  public Tensor zeros(int... shape) {
    return lend(0, shape);
  }

  @Override
  public Arena open() {
    requireTop("opened");
    nested = new HeapArena(this);
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
    life.end("its arena had been closed");
    lent.forEach(tensor -> tensor.fill(Double.NaN));
    lent.clear();
    if (parent != null) {
      parent.nested = null;
    }
  }

  private Tensor lend(double fill, int... shape) {
    requireTop("asked for a tensor");
    HeapTensor tensor = HeapTensor.lent(life, fill, shape);
    lent.add(tensor);
    return tensor;
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
