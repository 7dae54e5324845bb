package dev.terse.model;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;

/**
 * One transformer layer, forward and backward:
 *
 * <pre>
 * middle = x      + O · attention(rope(norm(Q·h)), rope(norm(K·h)), V·h)      h = rmsNorm(x)
 * y      = middle + Down · (silu(Gate·m) ∘ (Up·m))                            m = rmsNorm(middle)
 * </pre>
 *
 * <p>The inner norms of q and k are Qwen3's only.
 */
final class Layer {
  private final Engine engine;
  private final DecoderConfig config;
  private final LayerWeights weights;

  Layer(Engine engine, DecoderConfig config, LayerWeights weights) {
    this.engine = engine;
    this.config = config;
    this.weights = weights;
  }

  /** How rotated queries read keys and values: over packed segments or over a cache. */
  @FunctionalInterface
  interface Attention {

    /** Overwrites out [N, H*D]. */
    void read(Tensor q, Tensor k, Tensor v, Tensor out);
  }

  /** Attention inside the segments of a packed batch. */
  Attention packed(Segments segments) {
    return (q, k, v, out) -> engine.attention(q, k, v, segments, config.attention(), out);
  }

  /** Fills {@code a} from its input: everything but the layer's output. */
  void activate(LayerActivations a, int[] positions, Attention attention, Arena arena) {
    try (Arena scratch = arena.open()) {
      Tensor h = normed(a.input(), weights.inputNorm(), scratch);
      weights.q().forward(engine, h, a.qRaw());
      weights.k().forward(engine, h, a.kRaw());
      weights.v().forward(engine, h, a.v());
    }
    if (config.qkNorm()) {
      engine.rmsNorm(heads(a.qRaw()), weights.qNorm(), config.normEpsilon(), heads(a.q()));
      engine.rmsNorm(heads(a.kRaw()), weights.kNorm(), config.normEpsilon(), heads(a.k()));
    }
    engine.rope(a.q(), positions, config.rotary(), false);
    engine.rope(a.k(), positions, config.rotary(), false);
    attention.read(a.q(), a.k(), a.v(), a.attended());
    weights.o().forward(engine, a.attended(), a.middle());
    engine.add(a.input(), 1, a.middle());
    try (Arena scratch = arena.open()) {
      Tensor m = normed(a.middle(), weights.middleNorm(), scratch);
      weights.gate().forward(engine, m, a.gate());
      weights.up().forward(engine, m, a.up());
    }
  }

  /** The layer's output, from filled activations, into {@code y} [N, C]. */
  void output(LayerActivations a, Tensor y, Arena arena) {
    try (Arena scratch = arena.open()) {
      Tensor product = product(a, scratch);
      weights.down().forward(engine, product, y);
    }
    engine.add(a.middle(), 1, y);
  }

  /**
   * Goes back through the layer.
   *
   * @param gradients added to
   * @param d the gradient of the output, [N, C]; turned into the gradient of the input in place
   */
  void backwardInPlace(
      LayerActivations a,
      int[] positions,
      Segments segments,
      LayerWeights gradients,
      Tensor d,
      Arena arena) {
    feedForwardBackward(a, gradients, d, arena);
    attentionBackward(a, positions, segments, gradients, d, arena);
  }

  private void feedForwardBackward(
      LayerActivations a, LayerWeights gradients, Tensor d, Arena arena) {
    int n = d.rows();
    try (Arena scratch = arena.open()) {
      Tensor dGate = scratch.floats(n, config.ffn());
      Tensor dUp = scratch.floats(n, config.ffn());
      Tensor dm = scratch.floats(n, config.channels());
      try (Arena inner = scratch.open()) {
        Tensor dProduct = inner.floats(n, config.ffn());
        weights.down().backward(engine, gradients.down(), product(a, inner), d, dProduct);
        engine.swigluBackward(a.gate(), a.up(), dProduct, dGate, dUp);
      }
      Tensor m = normed(a.middle(), weights.middleNorm(), scratch);
      weights.gate().backward(engine, gradients.gate(), m, dGate, dm);
      weights.up().backwardAdding(engine, gradients.up(), m, dUp, dm);
      engine.rmsNormBackward(
          a.middle(),
          weights.middleNorm(),
          config.normEpsilon(),
          dm,
          d,
          true,
          gradients.middleNorm());
    }
  }

  private void attentionBackward(
      LayerActivations a,
      int[] positions,
      Segments segments,
      LayerWeights gradients,
      Tensor d,
      Arena arena) {
    int n = d.rows();
    try (Arena scratch = arena.open()) {
      Tensor dq = scratch.floats(n, config.queryChannels());
      Tensor dk = scratch.floats(n, config.keyChannels());
      Tensor dv = scratch.floats(n, config.keyChannels());
      try (Arena inner = scratch.open()) {
        Tensor dAttended = inner.floats(n, config.queryChannels());
        weights.o().backward(engine, gradients.o(), a.attended(), d, dAttended);
        engine.attentionBackward(
            a.q(), a.k(), a.v(), segments, config.attention(), dAttended, dq, dk, dv);
      }
      engine.rope(dq, positions, config.rotary(), true);
      engine.rope(dk, positions, config.rotary(), true);
      if (config.qkNorm()) {
        headNormBackwardInPlace(a.qRaw(), weights.qNorm(), dq, gradients.qNorm());
        headNormBackwardInPlace(a.kRaw(), weights.kNorm(), dk, gradients.kNorm());
      }
      Tensor h = normed(a.input(), weights.inputNorm(), scratch);
      Tensor dh = scratch.floats(n, config.channels());
      weights.q().backward(engine, gradients.q(), h, dq, dh);
      weights.k().backwardAdding(engine, gradients.k(), h, dk, dh);
      weights.v().backwardAdding(engine, gradients.v(), h, dv, dh);
      engine.rmsNormBackward(
          a.input(), weights.inputNorm(), config.normEpsilon(), dh, d, true, gradients.inputNorm());
    }
  }

  private void headNormBackwardInPlace(Tensor raw, Tensor norm, Tensor d, Tensor dNorm) {
    Tensor dHeads = heads(d);
    engine.rmsNormBackward(heads(raw), norm, config.normEpsilon(), dHeads, dHeads, false, dNorm);
  }

  /** {@code silu(gate) ∘ up}, [N, F]. */
  private Tensor product(LayerActivations a, Arena arena) {
    Tensor product = arena.floats(a.gate().shape());
    engine.swiglu(a.gate(), a.up(), product);
    return product;
  }

  private Tensor normed(Tensor x, Tensor norm, Arena arena) {
    Tensor y = arena.floats(x.shape());
    engine.rmsNorm(x, norm, config.normEpsilon(), y);
    return y;
  }

  /** [N, heads*D] as [N*heads, D]. */
  private Tensor heads(Tensor x) {
    int d = config.attention().headDim();
    return x.shapedView(Math.toIntExact(x.size() / d), d);
  }
}
