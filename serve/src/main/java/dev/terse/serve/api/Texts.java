package dev.terse.serve.api;

import dev.terse.model.tokenizer.Tokenizer;

/** Texts of clients as tokens. */
public final class Texts {
  private Texts() {}

  /**
   * Ids of a text.
   *
   * @param special whether what the tokenizer puts around a text is added
   * @throws ApiException if the text cannot be tokenized
   */
  public static int[] encode(String param, Tokenizer tokenizer, String text, boolean special) {
    try {
      return special ? tokenizer.encodeWithSpecial(text) : tokenizer.encode(text);
    } catch (IllegalArgumentException e) {
      throw ApiException.invalid(param, param + ": " + e.getMessage());
    }
  }
}
