package dev.terse.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The added tokens of a folder as one list whose ids hold.
 *
 * <p>The native library numbers added tokens that are not in the vocabulary one after another and
 * does not read the ids that tokenizer.json names. transformers reads {@code added_tokens_decoder}
 * of tokenizer_config.json too. So a token that only that file has is put into the list, and a list
 * whose ids the library would change is refused: a shifted end token would be learnt in silence.
 */
final class AddedTokens {
  /**
   * Marks that the method reads: decoding keeps them and data may hold them, whatever is listed.
   */
  static final Set<String> READ_BY_THE_METHOD = Set.of("<think>", "</think>");

  private static final String DECODER = "added_tokens_decoder";

  private AddedTokens() {}

  /**
   * The files with all added tokens in tokenizer.json.
   *
   * @throws IllegalArgumentException if the two files name different tokens for one id, the ids
   *     have a gap, or what stands there are no tokens
   */
  static TokenizerFiles completed(TokenizerFiles files) {
    ObjectNode tokenizer = files.json(TokenizerFiles.TOKENIZER);
    JsonNode vocab = tokenizer.path("model").path("vocab");
    JsonNode listed = tokenizer.path("added_tokens");
    JsonNode decoder = files.json(TokenizerFiles.CONFIG).path(DECODER);
    requireTokens(listed, JsonNodeType.ARRAY, "added_tokens of tokenizer.json must be a list");
    requireTokens(
        decoder, JsonNodeType.OBJECT, DECODER + " of tokenizer_config.json must be an object");
    if (renumbered(listed, vocab) == null) {
      return files;
    }
    Map<Integer, ObjectNode> byId = new TreeMap<>();
    listed.forEach(token -> byId.put(token.path("id").asInt(), token.deepCopy()));
    for (var entry : decoder.properties()) {
      int id = id(entry.getKey());
      String content = entry.getValue().path("content").asText();
      ObjectNode known = byId.get(id);
      if (known != null && !known.path("content").asText().equals(content)) {
        throw new IllegalArgumentException(
            "tokenizer.json names id "
                + id
                + " '"
                + known.path("content").asText()
                + "', added_tokens_decoder of tokenizer_config.json '"
                + content
                + "': make the two files agree (load and save the tokenizer once with"
                + " transformers)");
      }
      ObjectNode copy = entry.getValue().deepCopy();
      byId.putIfAbsent(id, copy.put("id", id));
    }
    ArrayNode all = tokenizer.arrayNode().addAll(new ArrayList<>(byId.values()));
    JsonNode wrong = renumbered(all, vocab);
    if (wrong != null) {
      throw new IllegalArgumentException(
          "the added tokens of tokenizer.json have a gap before '"
              + wrong.path("content").asText()
              + "' (id "
              + wrong.path("id").asInt()
              + "), so that the tokenizer library would give it another id; list every added token,"
              + " in the order of their ids, in tokenizer.json or in "
              + DECODER
              + " of tokenizer_config.json");
    }
    tokenizer.set("added_tokens", all);
    return files.with(TokenizerFiles.TOKENIZER, tokenizer);
  }

  private static void requireTokens(JsonNode tokens, JsonNodeType form, String sentence) {
    boolean absent = tokens.isMissingNode() || tokens.isNull();
    boolean right = tokens.getNodeType() == form;
    for (JsonNode token : tokens) {
      right &= token.isObject();
    }
    if (!absent && !right) {
      throw new IllegalArgumentException(
          sentence + " of objects that describe tokens; copy the model again");
    }
  }

  private static int id(String key) {
    try {
      return Integer.parseInt(key);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          DECODER
              + " of tokenizer_config.json must name tokens by their ids, found '"
              + key
              + "'; copy the model again",
          e);
    }
  }

  /** The first token that the library would give another id than it is listed with, or null. */
  private static JsonNode renumbered(JsonNode added, JsonNode vocab) {
    int size = vocab.size();
    int largest = -1;
    for (JsonNode token : added) {
      String content = token.path("content").asText();
      int id = token.path("id").asInt();
      if (vocab.isArray()
          || vocab.path(content).isInt()) { // a vocabulary of pairs is not looked up
        largest = Math.max(largest, id);
        continue;
      }
      int given = largest >= size ? largest + 1 : size;
      if (given != id) {
        return token;
      }
      largest = id;
    }
    return null;
  }

  /** The JSON with the marks that the method reads as tokens that are not special. */
  static ObjectNode withReadableMarks(ObjectNode tokenizer) {
    for (JsonNode token : tokenizer.path("added_tokens")) {
      if (READ_BY_THE_METHOD.contains(token.path("content").asText())) {
        ((ObjectNode) token).put("special", false);
      }
    }
    return tokenizer;
  }
}
