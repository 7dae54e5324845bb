package dev.terse.model.gguf;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.model.tokenizer.TokenizerFiles;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Tokenizer files from {@code tokenizer.ggml.*}: byte-level BPE ({@code gpt2} kind) with the word
 * rules that {@code tokenizer.ggml.pre} names. A file without that key is read with GPT-2's.
 */
final class GgufTokenizer {
  private static final ObjectMapper JSON = new ObjectMapper();

  // llama.cpp's llama_token_type
  static final int NORMAL = 1;
  static final int CONTROL = 3;
  static final int USER_DEFINED = 4;
  static final int UNUSED = 5;

  /** Ends of a turn that many files name by their text only, as llama.cpp takes them. */
  static final Set<String> ENDS =
      Set.of("<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<end_of_turn>", "<|endoftext|>");

  private final Metadata metadata;
  private final PreTokenizer words;
  private final List<String> tokens = new ArrayList<>();
  private final List<Integer> types = new ArrayList<>();

  GgufTokenizer(Metadata metadata, PreTokenizerChoice choice) {
    this.metadata = metadata;
    String kind = metadata.requiredText("tokenizer.ggml.model");
    if (!kind.equals("gpt2")) {
      throw new IllegalArgumentException(
          metadata.where()
              + " has a tokenizer of kind '"
              + kind
              + "' (tokenizer.ggml.model); supported is gpt2 (byte-level BPE). Convert the model"
              + " from its Hugging Face folder instead");
    }
    String pre = metadata.text("tokenizer.ggml.pre", "default");
    this.words =
        choice == PreTokenizerChoice.TRANSFORMERS
            ? PreTokenizer.GPT2
            : PreTokenizer.named(pre, metadata.where());
    readTokens();
  }

  /** Ids of the control tokens that end a turn or a text, by what they are called. */
  static List<Integer> endsByText(Metadata metadata) {
    List<Integer> ids = new ArrayList<>();
    if (metadata.has("tokenizer.ggml.tokens") && metadata.has("tokenizer.ggml.token_type")) {
      List<?> texts = metadata.requiredList("tokenizer.ggml.tokens");
      List<?> kinds = metadata.requiredList("tokenizer.ggml.token_type");
      for (int id = 0; id < Math.min(texts.size(), kinds.size()); id++) {
        boolean control = kinds.get(id) instanceof Long kind && kind == CONTROL;
        if (control && ENDS.contains(String.valueOf(texts.get(id)))) {
          ids.add(id);
        }
      }
    }
    return ids;
  }

  private void readTokens() {
    List<?> texts = metadata.requiredList("tokenizer.ggml.tokens");
    List<?> kinds =
        metadata.has("tokenizer.ggml.token_type")
            ? metadata.requiredList("tokenizer.ggml.token_type")
            : null;
    if (kinds != null && kinds.size() != texts.size()) {
      throw new IllegalArgumentException(
          metadata.where()
              + ": tokenizer.ggml.token_type has "
              + kinds.size()
              + " entries for "
              + texts.size()
              + " tokens");
    }
    for (int id = 0; id < texts.size(); id++) {
      tokens.add(String.valueOf(texts.get(id)));
      types.add(kinds != null && kinds.get(id) instanceof Long type ? type.intValue() : NORMAL);
    }
    // Rows that only fill the embedding up; left out, their ids are free for new tokens.
    for (int last = tokens.size() - 1; last >= 0 && types.get(last) == UNUSED; last--) {
      tokens.remove(last);
      types.remove(last);
    }
  }

  TokenizerFiles files(ObjectNode config, ObjectNode generationConfig) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(TokenizerFiles.TOKENIZER, TokenizerFiles.bytes(tokenizer()));
    files.put(TokenizerFiles.CONFIG, TokenizerFiles.bytes(tokenizerConfig(config)));
    files.put("generation_config.json", TokenizerFiles.bytes(generationConfig));
    if (metadata.has("tokenizer.chat_template")) {
      files.put(
          "chat_template.jinja",
          metadata.requiredText("tokenizer.chat_template").getBytes(StandardCharsets.UTF_8));
    }
    return new TokenizerFiles(files);
  }

  private ObjectNode tokenizer() {
    ObjectNode json = JSON.createObjectNode().put("version", "1.0");
    json.putNull("truncation");
    json.putNull("padding");
    ArrayNode added = json.putArray("added_tokens");
    for (int id = 0; id < tokens.size(); id++) {
      if (isAdded(id)) {
        added.add(addedToken(id).put("id", id));
      }
    }
    json.set("normalizer", words.normalizer());
    json.set("pre_tokenizer", words.json());
    json.set("post_processor", postProcessor());
    json.set("decoder", PreTokenizer.byteLevel(false));
    ObjectNode model = json.putObject("model").put("type", "BPE");
    model.putNull("dropout");
    model.putNull("unk_token");
    model.put("continuing_subword_prefix", "").put("end_of_word_suffix", "");
    model.put("fuse_unk", false).put("byte_fallback", false);
    model.put("ignore_merges", words.ignoreMerges());
    ObjectNode vocab = model.putObject("vocab");
    for (int id = 0; id < tokens.size(); id++) {
      if (vocab.has(tokens.get(id))) {
        throw new IllegalArgumentException(
            metadata.where() + " has token '" + tokens.get(id) + "' twice, the second is id " + id);
      }
      vocab.put(tokens.get(id), id);
    }
    ArrayNode merges = model.putArray("merges");
    for (Object merge : metadata.requiredList("tokenizer.ggml.merges")) {
      merges.add(String.valueOf(merge));
    }
    return json;
  }

  private boolean isAdded(int id) {
    return types.get(id) == CONTROL || types.get(id) == USER_DEFINED;
  }

  private ObjectNode addedToken(int id) {
    return JSON.createObjectNode()
        .put("content", tokens.get(id))
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", types.get(id) == CONTROL);
  }

  /** Puts the beginning token in front where the file asks for it; nothing else. */
  private ObjectNode postProcessor() {
    OptionalInt bos = metadata.id("tokenizer.ggml.bos_token_id");
    if (!metadata.flag("tokenizer.ggml.add_bos_token", false) || bos.isEmpty()) {
      return PreTokenizer.byteLevel(false);
    }
    String token = token(bos.getAsInt());
    ObjectNode json = JSON.createObjectNode().put("type", "TemplateProcessing");
    for (String form : List.of("single", "pair")) {
      ArrayNode parts = json.putArray(form);
      int typeId = 0;
      for (String sequence : form.equals("single") ? List.of("A") : List.of("A", "B")) {
        parts.addObject().putObject("SpecialToken").put("id", token).put("type_id", typeId);
        parts.addObject().putObject("Sequence").put("id", sequence).put("type_id", typeId++);
      }
    }
    ObjectNode special = json.putObject("special_tokens").putObject(token).put("id", token);
    special.putArray("ids").add(bos.getAsInt());
    special.putArray("tokens").add(token);
    return json;
  }

  private String token(int id) {
    if (id >= tokens.size()) {
      throw new IllegalArgumentException(
          metadata.where() + " names token id " + id + ", the largest is " + (tokens.size() - 1));
    }
    return tokens.get(id);
  }

  private ObjectNode tokenizerConfig(ObjectNode config) {
    ObjectNode json = JSON.createObjectNode();
    json.put("add_bos_token", metadata.flag("tokenizer.ggml.add_bos_token", false));
    ObjectNode decoder = json.putObject("added_tokens_decoder");
    for (int id = 0; id < tokens.size(); id++) {
      if (isAdded(id)) {
        decoder.set(Integer.toString(id), addedToken(id));
      }
    }
    special(json, "bos_token", "bos_token_id");
    special(json, "eos_token", "eos_token_id");
    special(json, "unk_token", "unknown_token_id");
    special(json, "pad_token", "padding_token_id");
    json.put("clean_up_tokenization_spaces", false);
    json.put("model_max_length", config.path("max_position_embeddings").asInt());
    json.put("tokenizer_class", "PreTrainedTokenizerFast");
    return json;
  }

  private void special(ObjectNode json, String key, String metadataKey) {
    OptionalInt id = metadata.id("tokenizer.ggml." + metadataKey);
    if (id.isPresent()) {
      json.put(key, token(id.getAsInt()));
    }
  }
}
