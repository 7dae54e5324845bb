package dev.terse.trainer.optim;

import dev.terse.engine.Engine;
import dev.terse.model.weights.Parameters;

/**
 * The gradient of one update: sums of zero that its passes add to. They are lent by the {@link
 * Optimizer}, which holds them once for the whole run; closing gives them back, cleared.
 *
 * @param sums names and shapes of what is trained
 */
public record Gradient(Engine engine, Parameters sums) implements AutoCloseable {

  /** Euclidean norm over all numbers. */
  double norm() {
    double squares = 0;
    for (String name : sums.names()) {
      squares += engine.sumOfSquares(sums.get(name));
    }
    return Math.sqrt(squares);
  }

  @Override
  public void close() {
    sums.clear(engine);
  }
}
