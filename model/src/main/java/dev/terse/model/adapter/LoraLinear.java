package dev.terse.model.adapter;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.Tensor;
import dev.terse.model.weights.Linear;
import dev.terse.model.weights.LinearGradients;
import dev.terse.model.weights.PassTokens;

/**
 * A frozen projection with a low-rank adapter (arXiv 2106.09685):
 *
 * <pre>
 * y = x · wᵀ + bias + s · drop(x) · Aᵀ · Bᵀ
 * </pre>
 */
final class LoraLinear implements AdaptedLinear {
  private final Engine engine;
  private final Linear base;
  private final LowRank lowRank;
  private final InputDropout dropout;

  LoraLinear(Linear base, LowRank lowRank, InputDropout dropout) {
    this.engine = base.engine();
    this.base = base;
    this.lowRank = lowRank;
    this.dropout = dropout;
  }

  @Override
  public void refresh(Arena arena) {
    lowRank.refresh();
  }

  @Override
  public void forward(PassTokens tokens, Tensor x, Tensor y, Arena arena) {
    base.forward(tokens, x, y, arena);
    try (Arena scratch = arena.open()) {
      lowRank.add(dropout.of(tokens, x, scratch), y, scratch);
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
    base.backward(tokens, gradients, x, dy, dx, write, arena);
    try (Arena scratch = arena.open()) {
      Tensor dDown = lowRank.backward(gradients, dropout.of(tokens, x, scratch), dy, scratch);
      if (dropout.leavesOut(tokens)) {
        Tensor dDropped = scratch.floats(x.shape());
        lowRank.backwardInput(dDown, dDropped, Write.OVERWRITE);
        engine.add(dropout.of(tokens, dDropped, scratch), 1, dx);
      } else {
        lowRank.backwardInput(dDown, dx, Write.ADD);
      }
    }
  }

  @Override
  public void merge() {
    lowRank.mergeInto(base.w());
  }

  @Override
  public void close() {
    lowRank.close();
  }
}
