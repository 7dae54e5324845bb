package dev.terse.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Tokens and ids as tokenizer.json lists them (the native library gives no access to them).
 *
 * @param ids id of every token, added ones included
 * @param added the added tokens in their order
 * @param size one more than the largest id
 */
record Vocabulary(Map<String, Integer> ids, List<AddedToken> added, int size) {

  /** Ten times the largest vocabulary there is. */
  private static final int MOST_TOKENS = 10_000_000;

  /**
   * A token that is matched in the text before the model sees it.
   *
   * @param special whether decoding may drop it
   */
  record AddedToken(int id, String content, boolean special) {

    /**
     * Whether the token steers a conversation: special ones, and those written between bars ({@code
     * <|name|>}, {@code <｜name｜>}), which the R1-Distill and Qwen files list as not special.
     */
    boolean isControl() {
      return special
          || content.startsWith("<|") && content.endsWith("|>")
          || content.startsWith("<｜") && content.endsWith("｜>");
    }
  }

  static Vocabulary of(JsonNode tokenizerJson) {
    Map<String, Integer> ids = new HashMap<>();
    int largest = -1;
    JsonNode vocab = tokenizerJson.path("model").path("vocab");
    if (vocab.isObject()) {
      for (Map.Entry<String, JsonNode> entry : vocab.properties()) {
        ids.put(entry.getKey(), entry.getValue().asInt());
        largest = Math.max(largest, entry.getValue().asInt());
      }
    } else { // Unigram: [[piece, score], ...]
      for (JsonNode entry : vocab) {
        ids.put(entry.path(0).asText(), ++largest);
      }
    }
    List<AddedToken> added = new ArrayList<>();
    for (JsonNode entry : tokenizerJson.path("added_tokens")) {
      AddedToken token =
          new AddedToken(
              entry.path("id").asInt(),
              entry.path("content").asText(),
              entry.path("special").asBoolean());
      added.add(token);
      ids.put(token.content(), token.id());
      largest = Math.max(largest, token.id());
    }
    if (ids.isEmpty()) {
      throw new IllegalArgumentException(
          TokenizerFiles.TOKENIZER + " has neither model.vocab nor added_tokens");
    }
    if (largest >= MOST_TOKENS) {
      throw new IllegalArgumentException(
          TokenizerFiles.TOKENIZER
              + " has a token of id "
              + largest
              + "; ids are below "
              + MOST_TOKENS);
    }
    return new Vocabulary(
        Collections.unmodifiableMap(ids), Collections.unmodifiableList(added), largest + 1);
  }

  OptionalInt id(String token) {
    Integer id = ids.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** The added token with exactly this text, or null. */
  AddedToken added(String content) {
    return added.stream().filter(t -> t.content().equals(content)).findFirst().orElse(null);
  }
}
