package dev.terse.engine.reference;

import dev.terse.engine.Tensor;
import dev.terse.engine.spi.StackedArena;
import java.util.ArrayList;
import java.util.List;

/**
 * An arena that finds misuse. Undefined contents are NaN, so whoever reads them sees it; after the
 * close every tensor taken from here refuses to be used; so does the arena while a nested one is
 * open.
 */
final class HeapArena extends StackedArena {
  private final Life life = new Life();
  private final List<HeapTensor> lent = new ArrayList<>();

  HeapArena(HeapArena parent) {
    super(parent);
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
  protected HeapArena nest() {
    return new HeapArena(this);
  }

  @Override
  protected void release() {
    life.end("its arena had been closed");
    lent.forEach(tensor -> tensor.fill(Double.NaN));
    lent.clear();
  }

  private Tensor lend(double fill, int... shape) {
    requireTop("asked for a tensor");
    HeapTensor tensor = HeapTensor.lent(life, fill, shape);
    lent.add(tensor);
    return tensor;
  }
}
