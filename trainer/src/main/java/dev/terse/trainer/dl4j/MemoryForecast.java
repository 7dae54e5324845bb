package dev.terse.trainer.dl4j;

import dev.terse.model.DecoderConfig;

/**
 * How many bytes training all weights takes with 4-byte numbers: an upper estimate of what the
 * decoder holds at once, without the JVM, the tokenizer and the engine's own scratch. Letters: P
 * weights, N tokens of a micro-batch, L layers, C channels, F feed-forward width, Q and K channels
 * of all query and key heads.
 *
 * @param weights 4 P
 * @param gradients 4 P
 * @param moments 8 P, AdamW's two
 * @param activations 4 N (C (L + 2) + k (2 C + 2 Q + 2 K + 2 F) + 4 F + C): the residual stream
 *     into every layer, what k layers keep for their backward (k is 1 with gradient_checkpointing,
 *     else L), the widest moment of a layer's backward
 */
public record MemoryForecast(long weights, long gradients, long moments, long activations) {
  private static final int FLOAT_BYTES = 4;

  /**
   * The forecast for one micro-batch.
   *
   * @param tokens N
   * @param keptLayers k: layers whose activations are held at once
   */
  public static MemoryForecast of(DecoderConfig config, long tokens, int keptLayers) {
    long parameters = FLOAT_BYTES * config.parameterCount();
    long c = config.channels();
    long f = config.ffn();
    long heads = 2L * config.queryChannels() + 2L * config.keyChannels();
    if (config.qkNorm()) {
      heads += config.queryChannels() + config.keyChannels();
    }
    long perToken = c * (config.layers() + 2) + keptLayers * (2 * c + heads + 2 * f) + 4 * f + c;
    return new MemoryForecast(
        parameters, parameters, 2 * parameters, FLOAT_BYTES * tokens * perToken);
  }

  /** Bytes in all. */
  public long total() {
    return weights + gradients + moments + activations;
  }
}
