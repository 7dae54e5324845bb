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
  void activate(LayerActivations a, PassTokens tokens, Attention attention, Arena arena) {
    try (Arena scratch = arena.open()) {
      Tensor h = normed(a.input(), weights.inputNorm(), scratch);
      weights.q().forward(tokens, h, a.qRaw(), scratch);
      weights.k().forward(tokens, h, a.kRaw(), scratch);
      weights.v().forward(tokens, h, a.v(), scratch);
    }
    if (config.qkNorm()) {
      engine.rmsNorm(heads(a.qRaw()), weights.qNorm(), config.normEpsilon(), heads(a.q()));
      engine.rmsNorm(heads(a.kRaw()), weights.kNorm(), config.normEpsilon(), heads(a.k()));
    }
    engine.rope(a.q(), tokens.positions(), config.rotary(), false);
    engine.rope(a.k(), tokens.positions(), config.rotary(), false);
    attention.read(a.q(), a.k(), a.v(), a.attended());
    weights.o().forward(tokens, a.attended(), a.middle(), arena);
    engine.add(a.input(), 1, a.middle());
    try (Arena scratch = arena.open()) {
      Tensor m = normed(a.middle(), weights.middleNorm(), scratch);
      weights.gate().forward(tokens, m, a.gate(), scratch);
      weights.up().forward(tokens, m, a.up(), scratch);
    }
  }

  /** The layer's output, from filled activations, into {@code y} [N, C]. */
  void output(LayerActivations a, PassTokens tokens, Tensor y, Arena arena) {
    try (Arena scratch = arena.open()) {
      Tensor product = product(a, scratch);
      weights.down().forward(tokens, product, y, scratch);
    }
    engine.add(a.middle(), 1, y);
  }

  /**
   * Goes back through the layer.
   *
   * @param gradients added to, where there are any
   * @param d the gradient of the output, [N, C]; turned into the gradient of the input in place
   */
  void backwardInPlace(
      LayerActivations a,
      PassTokens tokens,
      Segments segments,
      LayerGradients gradients,
      Tensor d,
      Arena arena) {
    feedForwardBackward(a, tokens, gradients, d, arena);
    attentionBackward(a, tokens, segments, gradients, d, arena);
  }

  private void feedForwardBackward(
      LayerActivations a, PassTokens tokens, LayerGradients gradients, Tensor d, Arena arena) {
    int n = d.rows();
    try (Arena scratch = arena.open()) {
      Tensor dGate = scratch.floats(n, config.ffn());
      Tensor dUp = scratch.floats(n, config.ffn());
      Tensor dm = scratch.floats(n, config.channels());
      try (Arena inner = scratch.open()) {
        Tensor dProduct = inner.floats(n, config.ffn());
        weights
            .down()
            .backward(tokens, gradients.down(), product(a, inner), d, dProduct, false, inner);
        engine.swigluBackward(a.gate(), a.up(), dProduct, dGate, dUp);
      }
      Tensor m = normed(a.middle(), weights.middleNorm(), scratch);
      weights.gate().backward(tokens, gradients.gate(), m, dGate, dm, false, scratch);
      weights.up().backward(tokens, gradients.up(), m, dUp, dm, true, scratch);
      normBackward(a.middle(), weights.middleNorm(), dm, d, gradients.middleNorm(), scratch);
    }
  }

  private void attentionBackward(
      LayerActivations a,
      PassTokens tokens,
      Segments segments,
      LayerGradients gradients,
      Tensor d,
      Arena arena) {
    int n = d.rows();
    try (Arena scratch = arena.open()) {
      Tensor dq = scratch.floats(n, config.queryChannels());
      Tensor dk = scratch.floats(n, config.keyChannels());
      Tensor dv = scratch.floats(n, config.keyChannels());
      try (Arena inner = scratch.open()) {
        Tensor dAttended = inner.floats(n, config.queryChannels());
        weights.o().backward(tokens, gradients.o(), a.attended(), d, dAttended, false, inner);
        engine.attentionBackward(
            a.q(), a.k(), a.v(), segments, config.attention(), dAttended, dq, dk, dv);
      }
      engine.rope(dq, tokens.positions(), config.rotary(), true);
      engine.rope(dk, tokens.positions(), config.rotary(), true);
      if (config.qkNorm()) {
        headNormBackwardInPlace(a.qRaw(), weights.qNorm(), dq, gradients.qNorm(), scratch);
        headNormBackwardInPlace(a.kRaw(), weights.kNorm(), dk, gradients.kNorm(), scratch);
      }
      Tensor h = normed(a.input(), weights.inputNorm(), scratch);
      Tensor dh = scratch.floats(n, config.channels());
      weights.q().backward(tokens, gradients.q(), h, dq, dh, false, scratch);
      weights.k().backward(tokens, gradients.k(), h, dk, dh, true, scratch);
      weights.v().backward(tokens, gradients.v(), h, dv, dh, true, scratch);
      normBackward(a.input(), weights.inputNorm(), dh, d, gradients.inputNorm(), scratch);
    }
  }

  /** Adds to dx, and to the norm's gradient where there is one. */
  private void normBackward(
      Tensor x, Tensor norm, Tensor dy, Tensor dx, Tensor dNorm, Arena arena) {
    Tensor sums = dNorm == null ? arena.zeros(norm.shape()) : dNorm;
    engine.rmsNormBackward(x, norm, config.normEpsilon(), dy, dx, true, sums);
  }

  private void headNormBackwardInPlace(
      Tensor raw, Tensor norm, Tensor d, Tensor dNorm, Arena arena) {
    Tensor dHeads = heads(d);
    Tensor sums = dNorm == null ? arena.zeros(norm.shape()) : dNorm;
    engine.rmsNormBackward(heads(raw), norm, config.normEpsilon(), dHeads, dHeads, false, sums);
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
