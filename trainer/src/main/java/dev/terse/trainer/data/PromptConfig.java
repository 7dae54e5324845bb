package dev.terse.trainer.data;

import dev.terse.trainer.config.Default;

/**
 * How a problem becomes a prompt (ours). The same in GRPO and in evaluation.
 *
 * @param systemPrompt a system turn before the question; unset for none
 * @param promptSuffix text right after the question, in the same turn, e.g. where to put the answer
 */
public record PromptConfig(
    @Default(Default.UNSET) String systemPrompt, @Default("") String promptSuffix) {}
