package dev.terse.model.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.tokenizer.TokenizerFiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The keys {@code tokenizer.ggml.*} of a tokenizer: the inverse of {@link GgufTokenizer}. An added
 * token is CONTROL where it steers a conversation, and USER_DEFINED, which llama.cpp prints, where
 * it does not, as {@code [SKIP]}. Rows without a token are UNUSED.
 */
final class GgufVocabulary {
  private static final String PREFIX = "tokenizer.ggml.";

  private final Tokenizer tokenizer;
  private final JsonNode json;
  private final JsonNode config;
  private final String[] texts; // [rows]
  private final int[] types; // [rows]
  private final List<String> notes = new ArrayList<>();
  private final Map<String, Object> metadata = new LinkedHashMap<>();

  /**
   * @param rows of the embedding
   * @throws IllegalArgumentException if llama.cpp cannot read texts as the tokenizer does
   */
  GgufVocabulary(Tokenizer tokenizer, int rows) {
    this.tokenizer = tokenizer;
    this.json = tokenizer.files().json(TokenizerFiles.TOKENIZER);
    this.config = tokenizer.files().json(TokenizerFiles.CONFIG);
    JsonNode model = json.path("model");
    if (!model.path("type").asText().equals("BPE")
        || !json.path("decoder").path("type").asText().equals("ByteLevel")) {
      throw new IllegalArgumentException(
          "the tokenizer is of type '"
              + model.path("type").asText()
              + "' with decoder '"
              + json.path("decoder").path("type").asText()
              + "'; byte-level BPE (BPE with ByteLevel) is what can be written");
    }
    if (tokenizer.size() > rows) {
      throw new IllegalArgumentException(
          "the tokenizer has " + tokenizer.size() + " tokens, the model rows for " + rows);
    }
    PreTokenizer words = PreTokenizer.of(json);
    this.texts = new String[rows];
    this.types = new int[rows];
    readTokens();
    metadata.put(PREFIX + "model", "gpt2");
    metadata.put(PREFIX + "pre", words.ggufName());
    metadata.put(PREFIX + "tokens", Arrays.asList(texts));
    metadata.put(PREFIX + "token_type", types);
    metadata.put(PREFIX + "merges", merges(model.path("merges")));
    putIds();
  }

  Map<String, Object> metadata() {
    return metadata;
  }

  /** Sentences on what the file cannot say. */
  List<String> notes() {
    return notes;
  }

  /** Text of the token that stands before each prompt; or empty. */
  String begin() {
    return Boolean.TRUE.equals(metadata.get(PREFIX + "add_bos_token"))
        ? texts[(Integer) metadata.get(PREFIX + "bos_token_id")]
        : "";
  }

  private void readTokens() {
    json.path("model")
        .path("vocab")
        .properties()
        .forEach(entry -> put(entry.getValue().asInt(), entry.getKey(), GgufTokenizer.NORMAL));
    for (JsonNode token : json.path("added_tokens")) {
      int id = token.path("id").asInt();
      boolean control = tokenizer.isControl(id);
      put(
          id,
          token.path("content").asText(),
          control ? GgufTokenizer.CONTROL : GgufTokenizer.USER_DEFINED);
      for (String rule : List.of("lstrip", "rstrip", "single_word")) {
        if (token.path(rule).asBoolean()) {
          notes.add(
              "a GGUF file cannot say "
                  + rule
                  + " of the added token '"
                  + token.path("content").asText()
                  + "': texts are cut otherwise beside it");
        }
      }
    }
    Map<String, Integer> seen = new HashMap<>();
    for (int id = 0; id < texts.length; id++) {
      if (texts[id] == null) {
        put(id, "[PAD" + id + "]", GgufTokenizer.UNUSED);
      }
      Integer other = seen.putIfAbsent(texts[id], id);
      if (other != null) {
        throw new IllegalArgumentException(
            "token '"
                + texts[id]
                + "' has the ids "
                + other
                + " and "
                + id
                + "; llama.cpp takes each text once");
      }
    }
  }

  private void put(int id, String text, int type) {
    texts[id] = text;
    types[id] = type;
  }

  /** As "left right", which older files have, newer ones have pairs. */
  private static List<String> merges(JsonNode merges) {
    List<String> lines = new ArrayList<>();
    for (JsonNode merge : merges) {
      String line =
          merge.isArray() ? merge.path(0).asText() + " " + merge.path(1).asText() : merge.asText();
      if (line.indexOf(' ', 1) != line.lastIndexOf(' ')) {
        throw new IllegalArgumentException(
            "the merge '" + line + "' has a blank in a token, which a GGUF file cannot say");
      }
      lines.add(line);
    }
    return lines;
  }

  private void putIds() {
    List<Integer> stops = tokenizer.stopIds();
    if (stops.isEmpty()) {
      throw new IllegalArgumentException(
          "the model names no token that ends a text, and llama.cpp would take id 11 for one: give"
              + " tokenizer_config.json an eos_token");
    }
    OptionalInt bos = special("bos_token");
    int[] plain = tokenizer.encode("a");
    int[] whole = tokenizer.encodeWithSpecial("a");
    int before = 0;
    while (before + plain.length < whole.length && whole[before] != plain[0]) {
      before++;
    }
    int after = whole.length - plain.length - before;
    if (before > 1 || after > 1 || after == 1 && whole[whole.length - 1] != stops.get(0)) {
      throw new IllegalArgumentException(
          "the tokenizer makes "
              + Arrays.toString(whole)
              + " of a text of ids "
              + Arrays.toString(plain)
              + "; a GGUF file can say one beginning token and the end token");
    }
    if (before == 1) {
      bos = OptionalInt.of(whole[0]);
    }
    bos.ifPresent(id -> metadata.put(PREFIX + "bos_token_id", id));
    metadata.put(PREFIX + "eos_token_id", stops.get(0));
    putFurtherEnds(stops.subList(1, stops.size()));
    special("pad_token").ifPresent(id -> metadata.put(PREFIX + "padding_token_id", id));
    special("unk_token").ifPresent(id -> metadata.put(PREFIX + "unknown_token_id", id));
    // tokenizer_config.json has the last word, as in transformers and gguf-py.
    boolean addsBos = config.path("add_bos_token").asBoolean(before == 1);
    metadata.put(PREFIX + "add_bos_token", addsBos && bos.isPresent());
    metadata.put(PREFIX + "add_eos_token", config.path("add_eos_token").asBoolean(after == 1));
  }

  /** llama.cpp ends at eos, eot and eom, and at some control tokens that it knows by their text. */
  private void putFurtherEnds(List<Integer> stops) {
    List<String> free = new ArrayList<>(List.of("eot_token_id", "eom_token_id"));
    for (int id : stops) {
      if (types[id] == GgufTokenizer.CONTROL && GgufTokenizer.ENDS.contains(texts[id])) {
        continue;
      }
      if (free.isEmpty()) {
        notes.add(
            "a GGUF file has no place for the end token '"
                + texts[id]
                + "': give it to llama.cpp as a stop text");
      } else {
        metadata.put(PREFIX + free.remove(0), id);
      }
    }
  }

  private OptionalInt special(String key) {
    JsonNode token = config.path(key);
    return tokenizer.id(token.isObject() ? token.path("content").asText() : token.asText());
  }
}
