package dev.terse.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.terse.engine.Engine;
import dev.terse.engine.SeedTree;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.DecoderConfig;

/** A random two-layer model whose next-token distributions are neither flat nor certain. */
final class TinyDecoder {
  static final int VOCAB = 37;

  private TinyDecoder() {}

  static Decoder on(Engine engine, long seed) {
    String config =
        """
        {"model_type": "llama", "vocab_size": 37, "hidden_size": 16, "intermediate_size": 24,
         "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
         "max_position_embeddings": 64, "initializer_range": 0.3, "rms_norm_eps": 1e-5,
         "tie_word_embeddings": true, "rope_theta": 10000.0}
        """;
    try {
      return Decoder.random(
          engine, DecoderConfig.of(new JsonMapper().readTree(config), "tiny"), seed);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A prompt of {@code length} random tokens. */
  static Prompt prompt(long seed, int index, int length) {
    int[] ids = new int[length];
    for (int i = 0; i < length; i++) {
      ids[i] = SeedTree.below(SeedTree.at(seed, "prompt", index, i), VOCAB);
    }
    return new Prompt(index, ids);
  }
}
