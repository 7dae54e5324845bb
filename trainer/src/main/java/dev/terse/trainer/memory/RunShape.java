package dev.terse.trainer.memory;

import dev.terse.engine.Segments;
import dev.terse.model.adapter.LoraSettings;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.trainer.optim.Optim;
import java.util.List;

/**
 * What decides the memory of a run.
 *
 * @param model the decoder
 * @param lora the adapters that are trained instead of all weights, or null
 * @param optim whose moments are held; null where nothing is trained
 * @param recompute whether activations are computed again in the backward (gradient_checkpointing)
 * @param reference whether a frozen copy of the model is held beside it (GRPO with beta)
 * @param trained passes that are learnt from: the largest that occur
 * @param scored passes that are read without a backward: the largest that occur
 * @param rollouts what is drawn at a time: the largest that occurs
 */
public record RunShape(
    DecoderConfig model,
    LoraSettings lora,
    Optim optim,
    boolean recompute,
    boolean reference,
    List<Pass> trained,
    List<Pass> scored,
    List<Rollout> rollouts) {

  /**
   * A packed batch.
   *
   * @param segments where the sequences lie
   * @param targets tokens that are predicted
   */
  public record Pass(Segments segments, int targets) {}

  /**
   * Sequences that are decoded together.
   *
   * @param prompts tokens of each distinct prompt
   * @param sequences of each prompt
   * @param newTokens of each sequence, at most
   */
  public record Rollout(int[] prompts, int sequences, int newTokens) {}
}
