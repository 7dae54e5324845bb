package dev.terse.model.transformer;

import dev.terse.engine.Arena;
import dev.terse.engine.Qkv;
import dev.terse.engine.Tensor;
import dev.terse.model.weights.DecoderConfig;

/**
 * What one layer's forward leaves for its backward. The normed inputs and {@code silu(gate) ∘ up}
 * are not retained: computing them again costs a pass over the rows, retaining them a third more
 * memory.
 *
 * @param input the residual stream that enters, [N, C]
 * @param qRaw q before its norm, [N, H*D]; q itself where the family has no such norm
 * @param kRaw k before its norm, [N, K*D]; k itself where the family has no such norm
 * @param q queries, normed and rotated, [N, H*D]
 * @param k keys, normed and rotated, [N, K*D]
 * @param v values, [N, K*D]
 * @param attended what the heads read, [N, H*D]
 * @param middle the residual stream between attention and feed-forward, [N, C]
 * @param gate [N, F]
 * @param up [N, F]
 */
record LayerActivations(
    Tensor input,
    Tensor qRaw,
    Tensor kRaw,
    Tensor q,
    Tensor k,
    Tensor v,
    Tensor attended,
    Tensor middle,
    Tensor gate,
    Tensor up) {

  /** Tensors for the activations that follow from {@code input} [N, C]. */
  static LayerActivations take(Arena arena, DecoderConfig config, Tensor input) {
    int n = input.rows();
    return of(
        arena,
        config,
        input,
        arena.floats(n, config.channels()),
        arena.floats(n, config.ffn()),
        arena.floats(n, config.ffn()));
  }

  /** Tensors for those of the attention only; {@code gate} and {@code up} are null. */
  static LayerActivations ofAttention(
      Arena arena, DecoderConfig config, Tensor input, Tensor middle) {
    return of(arena, config, input, middle, null, null);
  }

  private static LayerActivations of(
      Arena arena, DecoderConfig config, Tensor input, Tensor middle, Tensor gate, Tensor up) {
    int n = input.rows();
    Tensor q = arena.floats(n, config.queryChannels());
    Tensor k = arena.floats(n, config.keyChannels());
    return new LayerActivations(
        input,
        config.qkNorm() ? arena.floats(n, config.queryChannels()) : q,
        config.qkNorm() ? arena.floats(n, config.keyChannels()) : k,
        q,
        k,
        arena.floats(n, config.keyChannels()),
        arena.floats(n, config.queryChannels()),
        middle,
        gate,
        up);
  }

  /** What the attention reads. */
  Qkv<Tensor> qkv() {
    return new Qkv<>(q, k, v);
  }
}
