package dev.terse.model.adapter;

import dev.terse.engine.Arena;
import dev.terse.model.weights.Projection;

/** A frozen projection with a trained adapter on it. */
interface AdaptedLinear extends Projection, AutoCloseable {

  /**
   * Takes in what the adapter's numbers are now; before every pass, since training changes them.
   */
  void refresh(Arena arena);

  /** Puts the adapter into the weight, in place. */
  void merge();

  @Override
  void close();
}
