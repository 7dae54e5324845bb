package dev.terse.trainer.grpo;

import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.rollout.SamplingParams;
import dev.terse.rollout.StopRule;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.grpo.sampling.LengthStages;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How completions are drawn for GRPO; keys and defaults are TRL's but max_prompt_length (which TRL
 * dropped in 2026 and recipes still carry) and max_live.
 *
 * @param numGenerations completions of a prompt, G
 * @param maxCompletionLength most tokens of a completion
 * @param maxCompletionLengthStages lower limits from an update on, counted from 0, such as {100:
 *     3000, 200: 2000} (ours; ThinkPrune); evaluations keep max_completion_length
 * @param maxPromptLength longest prompt in tokens; longer ones are dropped and counted; unset takes
 *     what max_completion_length leaves of the model's positions
 * @param repetitionPenalty makes tokens less likely that a sequence has already, in sampling alone;
 *     1 for none
 * @param generationBatchSize completions drawn at a time; give this or steps_per_generation
 * @param stepsPerGeneration micro-batches that a generation is used for;
 *     gradient_accumulation_steps where neither is given
 * @param numIterations passes of updates over a generation, μ
 * @param maxLive sequences decoded together (ours)
 * @param generationKwargs what more ends a completion: stop or stop_strings, texts, and
 *     stop_token_ids, on top of the model's end tokens (names of vLLM and transformers)
 */
public record GenerationConfig(
    @Default("8") int numGenerations,
    @Default("512") @Range("[1, inf)") int maxCompletionLength,
    @Default(Default.UNSET) Map<String, Object> maxCompletionLengthStages,
    @Default(Default.UNSET) @Range("[1, inf)") Integer maxPromptLength,
    @Default("1.0") @Range("[0, inf)") double temperature,
    @Default("1.0") @Range("(0, 1]") double topP,
    @Default("0") @Range("[0, inf)") int topK,
    @Default(Default.UNSET) @Range("[0, 1)") Double minP,
    @Default("1.0") @Range("(0, inf)") double repetitionPenalty,
    @Default(Default.UNSET) @Range("[1, inf)") Integer generationBatchSize,
    @Default(Default.UNSET) @Range("[1, inf)") Integer stepsPerGeneration,
    @Default("1") @Range("[1, inf)") int numIterations,
    @Default("32") @Range("[1, inf)") int maxLive,
    @Default(Default.UNSET) Map<String, Object> generationKwargs) {
  private static final List<String> STOP_TEXTS = List.of("stop", "stop_strings");
  private static final String STOP_IDS = "stop_token_ids";

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
    for (String name : generationKwargs.keySet()) {
      if (!STOP_TEXTS.contains(name) && !name.equals(STOP_IDS)) {
        throw new IllegalArgumentException(
            "generation_kwargs takes stop, stop_strings and stop_token_ids, found '"
                + name
                + "'; temperature, top_p, top_k, min_p and repetition_penalty are keys of their"
                + " own");
      }
    }
    texts(generationKwargs, STOP_IDS).forEach(GenerationConfig::id);
    LengthStages.of(maxCompletionLengthStages, maxCompletionLength); // refuses what does not fit
  }

  /** How the limit moves over the run. */
  public LengthStages stages() {
    return LengthStages.of(maxCompletionLengthStages, maxCompletionLength);
  }

  /** What ends a completion of a model with this tokenizer. */
  public StopRule stop(Tokenizer tokenizer) {
    Set<Integer> ids = new LinkedHashSet<>(tokenizer.stopIds());
    texts(generationKwargs, STOP_IDS).forEach(text -> ids.add(id(text)));
    List<String> texts =
        STOP_TEXTS.stream().flatMap(name -> texts(generationKwargs, name).stream()).toList();
    return new StopRule(ids, texts, tokens -> tokenizer.decode(tokens, false));
  }

  private static List<String> texts(Map<String, Object> kwargs, String name) {
    Object value = kwargs.get(name);
    if (value == null) {
      return List.of();
    }
    return value instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of(value.toString());
  }

  private static int id(String text) {
    if (!text.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException(
          "generation_kwargs: stop_token_ids must be token ids, was '" + text + "'");
    }
    return Integer.parseInt(text);
  }

  /** The sampler's part. */
  public SamplingParams sampling() {
    return sampling(maxCompletionLength);
  }

  /** The sampler's part with another limit. */
  public SamplingParams sampling(int limit) {
    return new SamplingParams(
        temperature, topK, topP, minP == null ? 0 : minP, repetitionPenalty, limit);
  }
}
