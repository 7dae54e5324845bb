package dev.terse.model.transformer;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.Qkv;
import dev.terse.engine.Rotary;
import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.PassTokens;
import dev.terse.model.weights.RopeScheme;
import java.util.Arrays;

/**
 * One transformer layer, forward and backward:
 *
 * <pre>
 * middle = x      + O · attention(rope(norm(Q·h)), rope(norm(K·h)), V·h)      h = rmsNorm(x)
 * y      = middle + Down · (silu(Gate·m) ∘ (Up·m))                            m = rmsNorm(middle)
 * </pre>
 *
 * <p>The inner norms of q and k are Qwen3's only; some layers of SmolLM3 have no rope.
 */
final class Layer {
  /** Rows of the feed-forward at a time where nothing is retained for a backward. */
  private static final int FEED_ROWS = 1024;

  private final Engine engine;
  private final DecoderConfig config;
  private final LayerWeights weights;
  private final boolean turns;

  /**
   * @param index of the layer, from 0
   */
  Layer(Engine engine, DecoderConfig config, LayerWeights weights, int index) {
    this.engine = engine;
    this.config = config;
    this.turns = !config.unrotated().contains(index);
    this.weights = weights;
  }

  /** How rotated queries read keys and values: over packed segments or over a cache. */
  @FunctionalInterface
  interface Attention {

    /** Overwrites out [N, H*D]. */
    void read(Qkv<Tensor> in, Tensor out);
  }

  /** Attention inside the segments of a packed batch. */
  Attention packed(Segments segments) {
    return (in, out) -> engine.attention(in, segments, config.attention(), out);
  }

  /**
   * The layer's output from {@code x} [N, C] into {@code y} [N, C]; nothing is retained. The
   * feed-forward goes through {@value #FEED_ROWS} rows at a time, so its wide rows never are more
   * than these. The bits are those of {@link #activate} and {@link #output}.
   */
  void forward(Tensor x, PassTokens tokens, Attention attention, Tensor y, Arena arena) {
    try (Arena scratch = arena.open()) {
      attend(LayerActivations.ofAttention(scratch, config, x, y), tokens, attention, scratch);
    }
    for (int from = 0; from < x.rows(); from += FEED_ROWS) {
      int to = Math.min(x.rows(), from + FEED_ROWS);
      try (Arena scratch = arena.open()) {
        feedForward(y.rowsView(from, to), tokens.rows(from, to), scratch);
      }
    }
  }

  /** {@code x + Down · (silu(Gate·m) ∘ (Up·m))} with m = rmsNorm(x), in place. */
  private void feedForward(Tensor x, PassTokens tokens, Arena arena) {
    Tensor gate = arena.floats(x.rows(), config.ffn());
    Tensor up = arena.floats(x.rows(), config.ffn());
    widen(x, tokens, gate, up, arena);
    Tensor y = arena.floats(x.shape());
    narrow(gate, up, tokens, y, arena);
    engine.add(y, 1, x);
  }

  /** Fills {@code a} from its input: everything but the layer's output. */
  void activate(LayerActivations a, PassTokens tokens, Attention attention, Arena arena) {
    attend(a, tokens, attention, arena);
    widen(a.middle(), tokens, a.gate(), a.up(), arena);
  }

  /** The layer's output, from filled activations, into {@code y} [N, C]. */
  void output(LayerActivations a, PassTokens tokens, Tensor y, Arena arena) {
    narrow(a.gate(), a.up(), tokens, y, arena);
    engine.add(a.middle(), 1, y);
  }

  /** Fills {@code a} from its input up to the residual stream after the attention. */
  private void attend(LayerActivations a, PassTokens tokens, Attention attention, Arena arena) {
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
    rope(tokens, (rows, positions, rotary) -> engine.rope(rows.of(a.q()), positions, rotary));
    rope(tokens, (rows, positions, rotary) -> engine.rope(rows.of(a.k()), positions, rotary));
    attention.read(a.qkv(), a.attended());
    weights.o().forward(tokens, a.attended(), a.middle(), arena);
    engine.add(a.input(), 1, a.middle());
  }

  /** Rows of a tensor of all tokens. */
  private record Rows(int from, int to) {
    private Tensor of(Tensor x) {
      return to - from == x.rows() ? x : x.rowsView(from, to);
    }
  }

  /** Turns rows by their positions, or turns them back. */
  @FunctionalInterface
  private interface Turning {
    void turn(Rows rows, int[] positions, Rotary rotary);
  }

  /** All tokens at once, or where frequencies follow the length, those of one length at a time. */
  private void rope(PassTokens tokens, Turning turning) {
    int n = tokens.positions().length;
    if (!turns || n == 0) {
      return;
    }
    RopeScheme scheme = config.rope();
    int from = 0;
    for (int i = 1; i <= n; i++) {
      boolean ends =
          i == n
              || scheme.decidingLength(tokens.lengths()[i])
                  != scheme.decidingLength(tokens.lengths()[from]);
      if (ends) {
        int[] positions =
            from == 0 && i == n
                ? tokens.positions()
                : Arrays.copyOfRange(tokens.positions(), from, i);
        turning.turn(new Rows(from, i), positions, scheme.of(tokens.lengths()[from]));
        from = i;
      }
    }
  }

  /** {@code Gate·m} and {@code Up·m} with m = rmsNorm(x), [N, F] each. */
  private void widen(Tensor x, PassTokens tokens, Tensor gate, Tensor up, Arena arena) {
    try (Arena scratch = arena.open()) {
      Tensor m = normed(x, weights.middleNorm(), scratch);
      weights.gate().forward(tokens, m, gate, scratch);
      weights.up().forward(tokens, m, up, scratch);
    }
  }

  /** {@code y} [N, C] {@code = Down · (silu(gate) ∘ up)}. */
  private void narrow(Tensor gate, Tensor up, PassTokens tokens, Tensor y, Arena arena) {
    try (Arena scratch = arena.open()) {
      weights.down().forward(tokens, activated(gate, up, scratch), y, scratch);
    }
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
        Tensor dActivated = inner.floats(n, config.ffn());
        weights
            .down()
            .backward(
                tokens,
                gradients.down(),
                activated(a.gate(), a.up(), inner),
                d,
                dActivated,
                Write.OVERWRITE,
                inner);
        engine.swigluBackward(a.gate(), a.up(), dActivated, dGate, dUp);
      }
      Tensor m = normed(a.middle(), weights.middleNorm(), scratch);
      weights.gate().backward(tokens, gradients.gate(), m, dGate, dm, Write.OVERWRITE, scratch);
      weights.up().backward(tokens, gradients.up(), m, dUp, dm, Write.ADD, scratch);
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
        weights
            .o()
            .backward(tokens, gradients.o(), a.attended(), d, dAttended, Write.OVERWRITE, inner);
        engine.attentionBackward(
            a.qkv(), segments, config.attention(), dAttended, new Qkv<>(dq, dk, dv));
      }
      rope(
          tokens, (rows, positions, rotary) -> engine.ropeBackward(rows.of(dq), positions, rotary));
      rope(
          tokens, (rows, positions, rotary) -> engine.ropeBackward(rows.of(dk), positions, rotary));
      if (config.qkNorm()) {
        headNormBackwardInPlace(a.qRaw(), weights.qNorm(), dq, gradients.qNorm(), scratch);
        headNormBackwardInPlace(a.kRaw(), weights.kNorm(), dk, gradients.kNorm(), scratch);
      }
      Tensor h = normed(a.input(), weights.inputNorm(), scratch);
      Tensor dh = scratch.floats(n, config.channels());
      weights.q().backward(tokens, gradients.q(), h, dq, dh, Write.OVERWRITE, scratch);
      weights.k().backward(tokens, gradients.k(), h, dk, dh, Write.ADD, scratch);
      weights.v().backward(tokens, gradients.v(), h, dv, dh, Write.ADD, scratch);
      normBackward(a.input(), weights.inputNorm(), dh, d, gradients.inputNorm(), scratch);
    }
  }

  /** Adds to dx, and to the norm's gradient where there is one. */
  private void normBackward(
      Tensor x, Tensor norm, Tensor dy, Tensor dx, Tensor dNorm, Arena arena) {
    Tensor sums = dNorm == null ? arena.zeros(norm.shape()) : dNorm;
    engine.rmsNormBackward(x, norm, config.normEpsilon(), dy, dx, Write.ADD, sums);
  }

  private void headNormBackwardInPlace(
      Tensor raw, Tensor norm, Tensor d, Tensor dNorm, Arena arena) {
    Tensor dHeads = heads(d);
    Tensor sums = dNorm == null ? arena.zeros(norm.shape()) : dNorm;
    engine.rmsNormBackward(
        heads(raw), norm, config.normEpsilon(), dHeads, dHeads, Write.OVERWRITE, sums);
  }

  /** {@code silu(gate) ∘ up}, [N, F]. */
  private Tensor activated(Tensor gate, Tensor up, Arena arena) {
    Tensor activated = arena.floats(gate.shape());
    engine.swiglu(gate, up, activated);
    return activated;
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
