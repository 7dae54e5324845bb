package dev.terse.serve.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.serve.model.ServedModel;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code POST /v1/completions} asks for.
 *
 * @param prompts the prompts in order
 * @param maxTokens most tokens of a completion; 0 for none
 * @param echo whether the reply repeats the prompt
 * @param logProbs how many of the likeliest tokens are told at each place; null for no numbers
 */
public record CompletionRequest(
    List<Prompt> prompts, int maxTokens, boolean echo, Integer logProbs, Asked asked) {
  private static final int DEFAULT_MAX_TOKENS = 16; // OpenAI's
  private static final int MOST_LOG_PROBS = 20;

  /**
   * A prompt.
   *
   * @param text as it was given, or what its ids say
   */
  public record Prompt(String text, int[] ids) {}

  /**
   * Reads a body.
   *
   * @throws ApiException if it is wrong
   */
  public static CompletionRequest read(Fields fields, ServedModel model, RequestLimits limits) {
    int maxTokens = fields.whole("max_tokens", 0, Integer.MAX_VALUE / 2, DEFAULT_MAX_TOKENS);
    boolean special = fields.bool("add_special_tokens", true);
    Integer logProbs = logProbs(fields);
    boolean echo = fields.bool("echo", false);
    Asked asked = Asked.read(fields, model, maxTokens, limits.maxChoices());
    fields.refuse("suffix", "completions go on from the prompt's end", "\"\"");
    fields.refuse("best_of", "every completion is returned", "1", String.valueOf(asked.n()));
    List<Prompt> prompts = prompts(fields, model, special);
    fields.requireAllRead();
    long choices = (long) prompts.size() * asked.n();
    if (choices > limits.maxChoices()) {
      throw ApiException.invalid(
          "n",
          prompts.size()
              + " prompts with n="
              + asked.n()
              + " are "
              + choices
              + " completions; a request may ask for "
              + limits.maxChoices()
              + " (max_live and max_waiting together)");
    }
    for (Prompt prompt : prompts) {
      if (prompt.ids.length == 0) {
        throw ApiException.invalid("prompt", "a prompt must have at least one token, found none");
      }
      limits.newTokens(model, prompt.ids.length, maxTokens, "max_tokens");
    }
    return new CompletionRequest(prompts, maxTokens, echo, logProbs, asked);
  }

  /** OpenAI's is a number; {@code true} stands for 1, as some clients write it. */
  private static Integer logProbs(Fields fields) {
    JsonNode value = fields.get("logprobs");
    if (value != null && value.isBoolean()) {
      return value.booleanValue() ? 1 : null;
    }
    Long number = fields.whole("logprobs", 0, MOST_LOG_PROBS);
    return number == null ? null : number.intValue();
  }

  private static List<Prompt> prompts(Fields fields, ServedModel model, boolean special) {
    JsonNode value = fields.get("prompt");
    if (value == null) {
      throw ApiException.invalid("prompt", "prompt is missing");
    }
    List<Prompt> prompts = new ArrayList<>();
    if (value.isTextual() || value.isArray() && value.size() > 0 && value.get(0).isInt()) {
      prompts.add(prompt(fields, value, model, special));
    } else if (value.isArray() && value.size() > 0) {
      value.forEach(one -> prompts.add(prompt(fields, one, model, special)));
    } else {
      throw ApiException.invalid(
          "prompt",
          "prompt must be a string, a list of strings, token ids, or a list of token ids");
    }
    return prompts;
  }

  private static Prompt prompt(Fields fields, JsonNode value, ServedModel model, boolean special) {
    if (value.isTextual()) {
      return new Prompt(
          value.textValue(), Texts.encode("prompt", model.tokenizer(), value.textValue(), special));
    }
    int[] ids = fields.ids("prompt", value, model.vocabulary());
    return new Prompt(model.tokenizer().decode(ids), ids);
  }
}
