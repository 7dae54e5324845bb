package dev.terse.model;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Rotary;

/**
 * Shape of a decoder, as {@code config.json} of a Hugging Face folder tells it.
 *
 * @param family llama, qwen2 or qwen3 (model_type)
 * @param vocabSize V, rows of the embedding (vocab_size)
 * @param channels C (hidden_size)
 * @param ffn F (intermediate_size)
 * @param layers num_hidden_layers
 * @param attention head layout
 * @param qkvBias whether q, k and v have a bias (qwen2, or attention_bias)
 * @param qkNorm whether q and k are normed per head (qwen3)
 * @param tiedHead whether the head is the embedding (tie_word_embeddings)
 * @param normEpsilon rms_norm_eps
 * @param rotary inverse frequencies with rope_scaling applied
 * @param maxPositions max_position_embeddings
 */
public record DecoderConfig(
    Family family,
    int vocabSize,
    int channels,
    int ffn,
    int layers,
    AttentionShape attention,
    boolean qkvBias,
    boolean qkNorm,
    boolean tiedHead,
    double normEpsilon,
    Rotary rotary,
    int maxPositions) {

  /** The supported model_type values. */
  public enum Family {
    LLAMA,
    QWEN2,
    QWEN3
  }
}
