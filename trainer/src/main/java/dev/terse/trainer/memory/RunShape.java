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

  /** A run that holds a model and what its training needs, and reads nothing yet. */
  public static RunShape of(DecoderConfig model, MemorySettings settings) {
    return idle(model, settings.lora(), settings.optim(), settings.recompute());
  }

  /** A run that recomputes activations in the backward, and reads nothing yet. */
  public static RunShape recomputing(DecoderConfig model, LoraSettings lora, Optim optim) {
    return idle(model, lora, optim, true);
  }

  private static RunShape idle(
      DecoderConfig model, LoraSettings lora, Optim optim, boolean recompute) {
    return new RunShape(model, lora, optim, recompute, false, List.of(), List.of(), List.of());
  }

  /** The same run with a frozen copy of the model. */
  public RunShape withReference() {
    return new RunShape(model, lora, optim, recompute, true, trained, scored, rollouts);
  }

  /** The same run with its largest passes. */
  public RunShape withPasses(List<Pass> toTrain, List<Pass> toScore) {
    return new RunShape(model, lora, optim, recompute, reference, toTrain, toScore, rollouts);
  }

  /** The same run with the largest of what it draws. */
  public RunShape withRollouts(List<Rollout> drawn) {
    return new RunShape(model, lora, optim, recompute, reference, trained, scored, drawn);
  }

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
