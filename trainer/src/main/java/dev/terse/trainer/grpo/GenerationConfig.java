package dev.terse.trainer.grpo;

import dev.terse.rollout.SamplingParams;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;

/**
 * How completions are drawn for GRPO; keys and defaults are TRL's but max_prompt_length (which TRL
 * dropped in 2026 and recipes still carry) and max_live.
 *
 * @param numGenerations completions of a prompt, G
 * @param maxCompletionLength most tokens of a completion
 * @param maxPromptLength longest prompt in tokens; longer ones are dropped and counted; unset takes
 *     what max_completion_length leaves of the model's positions
 * @param repetitionPenalty makes tokens less likely that a sequence has already, in sampling alone;
 *     1 for none
 * @param generationBatchSize completions drawn at a time; give this or steps_per_generation
 * @param stepsPerGeneration micro-batches that a generation is used for;
 *     gradient_accumulation_steps where neither is given
 * @param numIterations passes of updates over a generation, μ
 * @param maxLive sequences decoded together (ours)
 */
public record GenerationConfig(
    @Default("8") int numGenerations,
    @Default("512") @Range("[1, inf)") int maxCompletionLength,
    @Default(Default.UNSET) @Range("[1, inf)") Integer maxPromptLength,
    @Default("1.0") @Range("[0, inf)") double temperature,
    @Default("1.0") @Range("(0, 1]") double topP,
    @Default("0") @Range("[0, inf)") int topK,
    @Default(Default.UNSET) @Range("[0, 1)") Double minP,
    @Default("1.0") @Range("(0, inf)") double repetitionPenalty,
    @Default(Default.UNSET) @Range("[1, inf)") Integer generationBatchSize,
    @Default(Default.UNSET) @Range("[1, inf)") Integer stepsPerGeneration,
    @Default("1") @Range("[1, inf)") int numIterations,
    @Default("32") @Range("[1, inf)") int maxLive) {

  public GenerationConfig {
    if (numGenerations < 2) {
      throw new IllegalArgumentException(
          "num_generations must be 2 or more, was "
              + numGenerations
              + ": an advantage compares the completions of one prompt");
    }
    if (temperature == 0) {
      throw new IllegalArgumentException(
          "temperature must be above 0, was 0: the completions of a prompt would all be the same,"
              + " and a group of equals teaches nothing");
    }
    if (generationBatchSize != null && stepsPerGeneration != null) {
      throw new IllegalArgumentException(
          "give generation_batch_size or steps_per_generation, not both");
    }
  }

  /** The sampler's part. */
  public SamplingParams sampling() {
    return new SamplingParams(
        temperature, topK, topP, minP == null ? 0 : minP, repetitionPenalty, maxCompletionLength);
  }
}
