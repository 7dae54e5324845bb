package dev.terse.serve.api;

import dev.terse.serve.model.ServedModel;

/**
 * What one request may ask for.
 *
 * @param maxNewTokens most tokens of a completion
 * @param maxLength most tokens of a prompt and its completion, whatever the model's positions
 * @param maxChoices most completions
 * @param maxTokens most tokens of all that is decoded together
 */
public record RequestLimits(int maxNewTokens, int maxLength, int maxChoices, long maxTokens) {

  /** Most tokens of a prompt and its completion. */
  public int length(ServedModel model) {
    return (int) Math.min(Math.min(maxLength, model.positions()), maxTokens);
  }

  /**
   * How far a completion of a prompt may go.
   *
   * @param asked tokens that the client wants; null for as many as may be
   * @param param the client's name for them
   * @throws ApiException if there is no room
   */
  int newTokens(ServedModel model, int prompt, Integer asked, String param) {
    int length = length(model);
    if (prompt + (asked == null ? 1 : asked) > length) {
      throw ApiException.tooLong(
          param,
          "this model has room for "
              + length
              + " tokens, but the prompt has "
              + prompt
              + " and the completion may have "
              + (asked == null ? 1 : asked)
              + "; shorten one of the two");
    }
    if (asked != null && asked > maxNewTokens) {
      throw ApiException.invalid(
          param,
          param + " must be at most " + maxNewTokens + " (max_completion_length), was " + asked);
    }
    return asked == null ? Math.min(maxNewTokens, length - prompt) : asked;
  }
}
