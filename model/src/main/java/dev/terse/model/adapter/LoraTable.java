package dev.terse.model.adapter;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;
import dev.terse.model.weights.Parameters;

/**
 * A frozen token table with a low-rank adapter: {@code table + s · Leftᵀ · Right}. Token ids pick
 * rows of it and the head multiplies with all of it, so the sum is made, as large as the table, and
 * so is its gradient while a backward runs. Nothing is left out of it by dropout.
 */
final class LoraTable implements AutoCloseable {
  private final Engine engine;
  private final Tensor base;
  private final LowRank lowRank;
  private final String leftName;
  private final String rightName;
  private final Tensor sum;

  /**
   * @param base [V, C]; not owned
   * @param lowRank Right [r, C] and Left [r, V]; owned
   * @param leftName of Left among the trained numbers
   * @param rightName of Right
   */
  LoraTable(Engine engine, Tensor base, LowRank lowRank, String leftName, String rightName) {
    this.engine = engine;
    this.base = base;
    this.lowRank = lowRank;
    this.leftName = leftName;
    this.rightName = rightName;
    this.sum = engine.allocate(base.shape());
  }

  /** Takes in what the adapter's numbers are now. */
  void refresh() {
    lowRank.refresh();
    engine.copy(base, sum);
    lowRank.mergeInto(sum);
  }

  /** The table with its adapter, [V, C]. */
  Tensor sum() {
    return sum;
  }

  /** Whether its numbers are among those whose gradients are wanted. */
  boolean isTrainedBy(Parameters gradients) {
    return gradients.has(leftName) || gradients.has(rightName);
  }

  /**
   * Adds to the gradients of Left and Right, where they are wanted.
   *
   * @param d gradient of the sum, [V, C]
   */
  void backward(Tensor d, Parameters gradients, Arena arena) {
    lowRank.backwardOfMatrix(
        d, gradients.getOrNull(rightName), gradients.getOrNull(leftName), arena);
  }

  /** Puts the adapter into the table, in place. */
  void merge() {
    lowRank.mergeInto(base);
  }

  @Override
  public void close() {
    lowRank.close();
    sum.close();
  }
}
