package dev.terse.model.adapter;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.Tensor;
import dev.terse.model.weights.Linear;
import dev.terse.model.weights.LinearGradients;
import dev.terse.model.weights.PassTokens;

/**
 * A frozen projection with a weight-decomposed adapter (DoRA, arXiv 2402.09353): each row of the
 * adapted weight {@code w + s·B·A} has a trained length m.
 *
 * <pre>
 * g = m / |w + s·B·A|                    row by row; the norm is a constant to the gradient (4.3)
 * z = drop(x) · wᵀ + s · drop(x) · Aᵀ · Bᵀ
 * y = (x - drop(x)) · wᵀ + bias + g ∘ z
 * </pre>
 *
 * <p>The first term of y is PEFT's: there dropout acts on what the adapter adds to the frozen
 * projection, {@code (g - 1) ∘ drop(x)·wᵀ} included. Without dropout {@code y = g ∘ z + bias}.
 */
final class DoraLinear implements AdaptedLinear {
  private final Engine engine;
  private final Linear base;
  private final LowRank lowRank;
  private final InputDropout dropout;
  private final Tensor magnitude;
  private final double[] squares; // of the rows of w, [O]
  private final Tensor norms; // |w + s·B·A| [O]
  private final Tensor inverseNorms; // [O]
  private final Tensor factors; // g [O]

  /**
   * @param magnitude m [O]; not owned
   * @param squares squared lengths of the rows of w, [O]
   */
  DoraLinear(
      Linear base, LowRank lowRank, InputDropout dropout, Tensor magnitude, double[] squares) {
    this.engine = base.engine();
    this.base = base;
    this.lowRank = lowRank;
    this.dropout = dropout;
    this.magnitude = magnitude;
    this.squares = squares;
    this.norms = engine.allocate(base.outputs());
    this.inverseNorms = engine.allocate(base.outputs());
    this.factors = engine.allocate(base.outputs());
  }

  @Override
  public void refresh(Arena arena) {
    lowRank.refresh();
    double[] lengths = lowRank.squaredRows(base.w(), squares, arena);
    for (int o = 0; o < lengths.length; o++) {
      lengths[o] = Math.sqrt(Math.max(0, lengths[o]));
    }
    // Through the tensor, so that a length has the width of m, and m / length is exactly 1 at
    // first.
    norms.setDoubles(lengths);
    lengths = norms.toDoubles();
    double[] ofFactors = magnitude.toDoubles();
    for (int o = 0; o < lengths.length; o++) {
      ofFactors[o] /= lengths[o];
      lengths[o] = 1 / lengths[o];
    }
    inverseNorms.setDoubles(lengths);
    factors.setDoubles(ofFactors);
  }

  @Override
  public void forward(PassTokens tokens, Tensor x, Tensor y, Arena arena) {
    if (!dropout.leavesOut(tokens)) {
      adapted(x, y, arena);
      engine.scaleColumns(y, factors, base.bias(), y);
      return;
    }
    try (Arena scratch = arena.open()) {
      Tensor dropped = dropout.of(tokens, x, scratch);
      Tensor left = scratch.floats(x.shape());
      engine.copy(x, left);
      engine.add(dropped, -1, left);
      base.forward(tokens, left, y, scratch);
      Tensor z = scratch.floats(y.shape());
      adapted(dropped, z, scratch);
      engine.scaleColumns(z, factors, null, z);
      engine.add(z, 1, y);
    }
  }

  @Override
  public void backward(
      PassTokens tokens,
      LinearGradients gradients,
      Tensor x,
      Tensor dy,
      Tensor dx,
      Write write,
      Arena arena) {
    try (Arena scratch = arena.open()) {
      Tensor dropped = dropout.of(tokens, x, scratch);
      if (gradients.magnitude() != null) {
        magnitudeBackward(gradients.magnitude(), dropped, dy, scratch);
      }
      Tensor dz = scratch.floats(dy.shape());
      engine.scaleColumns(dy, factors, null, dz);
      Tensor dDown = lowRank.backward(gradients, dropped, dz, scratch);
      if (dropout.leavesOut(tokens)) {
        // dx = dy·w + mask ∘ (dz·w + dDown·A - dy·w)
        engine.linearBackwardInput(dy, base.w(), dx, write);
        engine.add(dy, -1, dz);
        Tensor dDropped = scratch.floats(x.shape());
        engine.linearBackwardInput(dz, base.w(), dDropped, Write.OVERWRITE);
        lowRank.backwardInput(dDown, dDropped, Write.ADD);
        engine.add(dropout.of(tokens, dDropped, scratch), 1, dx);
      } else {
        engine.linearBackwardInput(dz, base.w(), dx, write);
        lowRank.backwardInput(dDown, dx, Write.ADD);
      }
    }
  }

  /**
   * {@code dm += Σ_n dy ∘ z / |w + s·B·A|}; z is computed again, which costs the matmul once more.
   */
  private void magnitudeBackward(Tensor dMagnitude, Tensor dropped, Tensor dy, Arena arena) {
    try (Arena scratch = arena.open()) {
      Tensor z = scratch.floats(dy.shape());
      adapted(dropped, z, scratch);
      Tensor dots = scratch.zeros(1, base.outputs());
      engine.addColumnDots(dy, z, dots.shapedView(base.outputs()));
      engine.scaleColumns(dots, inverseNorms, null, dots);
      engine.add(dots, 1, dMagnitude);
    }
  }

  /** {@code z = x · wᵀ + s · x · Aᵀ · Bᵀ}. */
  private void adapted(Tensor x, Tensor z, Arena arena) {
    engine.linear(x, base.w(), null, z);
    lowRank.add(x, z, arena);
  }

  @Override
  public void merge() {
    lowRank.mergeInto(base.w());
    double[] ofFactors = factors.toDoubles();
    for (int o = 0; o < ofFactors.length; o++) {
      Tensor row = base.w().rowsView(o, o + 1);
      double[] values = row.toDoubles();
      for (int i = 0; i < values.length; i++) {
        values[i] *= ofFactors[o];
      }
      row.setDoubles(values);
    }
  }

  @Override
  public void close() {
    lowRank.close();
    norms.close();
    inverseNorms.close();
    factors.close();
  }
}
