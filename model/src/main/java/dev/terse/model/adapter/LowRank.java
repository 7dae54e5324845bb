package dev.terse.model.adapter;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.Tensor;
import dev.terse.model.weights.LinearGradients;

/**
 * The low-rank matmuls {@code s · x · Aᵀ · Bᵀ} of an adapter and its backward. B is stored
 * transposed, so that the engine's matmuls can add it to an output that stands there already.
 */
final class LowRank implements AutoCloseable {
  private final Engine engine;
  private final double scale;
  private final Tensor a;
  private final Tensor b;
  private final Tensor scaledB; // s Bᵀ [r, O]

  /**
   * @param a [r, I]; not owned
   * @param b Bᵀ [r, O]; not owned
   */
  LowRank(Engine engine, double scale, Tensor a, Tensor b) {
    this.engine = engine;
    this.scale = scale;
    this.a = a;
    this.b = b;
    this.scaledB = engine.allocate(b.shape());
  }

  /** Takes in what A and B are now. */
  void refresh() {
    engine.clear(scaledB);
    engine.add(b, scale, scaledB);
  }

  /** {@code to += s · x · Aᵀ · Bᵀ}; x [N, I], to [N, O]. */
  void add(Tensor x, Tensor to, Arena arena) {
    try (Arena scratch = arena.open()) {
      engine.linearBackwardInput(down(x, scratch), scaledB, to, Write.ADD);
    }
  }

  /**
   * Adds to the gradients of A and B.
   *
   * @param x the input of {@link #add}
   * @return {@code s · dy · B} [N, r], whose matmul with A is the input's gradient
   */
  Tensor backward(LinearGradients gradients, Tensor x, Tensor dy, Arena arena) {
    Tensor dDown = arena.floats(x.rows(), a.rows());
    engine.linear(dy, scaledB, null, dDown);
    try (Arena scratch = arena.open()) {
      if (gradients.b() != null) {
        Tensor scaled = scratch.zeros(x.rows(), a.rows());
        engine.add(down(x, scratch), scale, scaled);
        engine.linearBackwardWeight(scaled, dy, gradients.b(), null);
      }
      if (gradients.a() != null) {
        engine.linearBackwardWeight(dDown, x, gradients.a(), null);
      }
    }
    return dDown;
  }

  /** {@code dx = dDown · A}, or added to dx. */
  void backwardInput(Tensor dDown, Tensor dx, Write write) {
    engine.linearBackwardInput(dDown, a, dx, write);
  }

  /**
   * Adds to the gradients of A and B where the matrix {@code s · B · A} itself was used.
   *
   * @param d gradient of the matrix, [O, I]
   * @param dA [r, I], or null
   * @param dB transposed, [r, O], or null
   */
  void backwardOfMatrix(Tensor d, Tensor dA, Tensor dB, Arena arena) {
    if (dA != null) {
      engine.linearBackwardInput(scaledB, d, dA, Write.ADD);
    }
    if (dB != null) {
      try (Arena scratch = arena.open()) {
        Tensor own = scratch.floats(dB.shape());
        engine.linear(a, d, null, own);
        engine.add(own, scale, dB);
      }
    }
  }

  /** {@code w += s · B · A}; w [O, I]. */
  void mergeInto(Tensor w) {
    engine.linearBackwardWeight(scaledB, a, w, null);
  }

  /**
   * Squared lengths of the rows of {@code w + s·B·A}, without making that matrix: {@code |w|² + 2 s
   * B·(w·Aᵀ) + s² B·(A·Aᵀ)·B}, row by row.
   *
   * @param squares those of w, [O]
   */
  double[] squaredRows(Tensor w, double[] squares, Arena arena) {
    int rank = a.rows();
    int outputs = w.rows();
    try (Arena scratch = arena.open()) {
      Tensor crossed = scratch.floats(outputs, rank); // w Aᵀ
      Tensor gram = scratch.floats(rank, rank); // A Aᵀ
      Tensor turned = scratch.floats(rank, outputs); // s A Aᵀ Bᵀ
      engine.linear(w, a, null, crossed);
      engine.linear(a, a, null, gram);
      engine.linearBackwardInput(gram, scaledB, turned, Write.OVERWRITE);
      double[] ofB = scaledB.toDoubles();
      double[] ofCrossed = crossed.toDoubles();
      double[] ofTurned = turned.toDoubles();
      double[] sums = squares.clone();
      for (int k = 0; k < rank; k++) {
        for (int o = 0; o < outputs; o++) {
          int at = k * outputs + o;
          sums[o] += ofB[at] * (2 * ofCrossed[o * rank + k] + ofTurned[at]);
        }
      }
      return sums;
    }
  }

  private Tensor down(Tensor x, Arena arena) {
    Tensor down = arena.floats(x.rows(), a.rows());
    engine.linear(x, a, null, down);
    return down;
  }

  @Override
  public void close() {
    scaledB.close();
  }
}
