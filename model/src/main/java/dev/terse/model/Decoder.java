package dev.terse.model;

import dev.terse.engine.Engine;
import dev.terse.engine.HeadRows;
import dev.terse.engine.LogProbGradient;
import dev.terse.engine.TokenScores;
import java.util.List;

/**
 * A decoder-only transformer of the Llama, Qwen2 or Qwen3 family: forward, explicit backward, and
 * decoding over a key-value cache. Owns its weights.
 */
public final class Decoder implements AutoCloseable {

  public Decoder(Engine engine, DecoderConfig config, Parameters weights) {
    throw new IllegalStateException("being built");
  }

  public Engine engine() {
    throw new IllegalStateException("being built");
  }

  public DecoderConfig config() {
    throw new IllegalStateException("being built");
  }

  public Parameters weights() {
    throw new IllegalStateException("being built");
  }

  /**
   * Log-probabilities and entropies of the listed rows; forward only, one layer's activations at a
   * time.
   *
   * @param temperature divides the logits
   */
  public TokenScores score(PackedBatch batch, HeadRows rows, double temperature) {
    throw new IllegalStateException("being built");
  }

  /**
   * Forward and backward. Adds to {@code gradients} (same names and shapes as the weights; a tied
   * head adds to the embedding).
   *
   * @param loss derivative by each target's log-probability
   * @param recompute whether each layer's activations are computed again in the backward instead of
   *     being kept (TRL: gradient_checkpointing)
   */
  public TokenScores accumulate(
      PackedBatch batch,
      HeadRows rows,
      double temperature,
      LogProbGradient loss,
      Parameters gradients,
      boolean recompute) {
    throw new IllegalStateException("being built");
  }

  /**
   * Reads the prompts and stands ready to decode {@code promptOf.length} sequences.
   *
   * @param prompts token ids of each distinct prompt
   * @param promptOf for each sequence the index of its prompt, rising
   * @param maxNewTokens most tokens that will be fed to a sequence
   */
  public Decoding decode(List<int[]> prompts, int[] promptOf, int maxNewTokens) {
    throw new IllegalStateException("being built");
  }

  @Override
  public void close() {
    throw new IllegalStateException("being built");
  }
}
