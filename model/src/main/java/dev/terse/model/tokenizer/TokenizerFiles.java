package dev.terse.model.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.AtomicFile;
import dev.terse.io.ForeignContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tokenizer's files of a Hugging Face folder, held in memory by name, so that a tokenizer may
 * come from a folder or be built (from a GGUF file) before there is one.
 *
 * @param files contents by file name; the arrays are not copied and not to be changed
 */
public record TokenizerFiles(Map<String, byte[]> files) {
  public static final String TOKENIZER = "tokenizer.json";
  public static final String CONFIG = "tokenizer_config.json";
  private static final String ADDED = "added_tokens.json";
  private static final String TEMPLATE = "chat_template.jinja";
  private static final String SPECIAL = "special_tokens_map.json";
  private static final String GENERATION = "generation_config.json";
  private static final String EOS_TOKEN = "eos_token";

  /** What is written back by {@link #write}. */
  private static final List<String> OWN =
      List.of(TOKENIZER, CONFIG, SPECIAL, ADDED, "vocab.json", "merges.txt", TEMPLATE);

  /** Read for the ids that end a completion; they belong to the model and are not written back. */
  private static final List<String> READ_ONLY = List.of(GENERATION, "config.json");

  private static final ObjectMapper JSON = new ObjectMapper();

  public TokenizerFiles {
    files = Collections.unmodifiableMap(new TreeMap<>(files));
    if (!files.containsKey(TOKENIZER)) {
      throw new IllegalArgumentException(
          "a tokenizer needs " + TOKENIZER + ", got " + files.keySet());
    }
  }

  /**
   * Reads them from a folder.
   *
   * @throws IllegalArgumentException if the folder has no tokenizer.json, or a file that is not
   *     what its name says
   */
  public static TokenizerFiles read(Path folder) {
    if (!Files.isRegularFile(folder.resolve(TOKENIZER))) {
      throw new IllegalArgumentException(
          "'"
              + folder
              + "' has no "
              + TOKENIZER
              + "; a Hugging Face model folder has one"
              + " (older folders: load and save them once with transformers)");
    }
    Map<String, byte[]> files = new TreeMap<>();
    for (List<String> names : List.of(OWN, READ_ONLY)) {
      for (String name : names) {
        Path file = folder.resolve(name);
        if (Files.isRegularFile(file)) {
          if (name.endsWith(".json")) {
            ForeignContent.refuse(file);
          }
          try {
            files.put(name, Files.readAllBytes(file));
          } catch (IOException e) {
            throw new UncheckedIOException("cannot read '" + file + "'", e);
          }
        }
      }
    }
    return new TokenizerFiles(files);
  }

  /** Writes the tokenizer's own files (not config.json, not generation_config.json). */
  public void write(Path folder) {
    try {
      Files.createDirectories(folder);
      for (String name : OWN) {
        if (files.containsKey(name)) {
          ByteBuffer bytes = ByteBuffer.wrap(files.get(name));
          AtomicFile.write(folder.resolve(name), channel -> AtomicFile.writeFully(channel, bytes));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the tokenizer into '" + folder + "'", e);
    }
  }

  /**
   * The JSON object called {@code name}; an empty object where there is no such file.
   *
   * @throws IllegalArgumentException if it is not a JSON object
   */
  public ObjectNode json(String name) {
    byte[] bytes = files.get(name);
    if (bytes == null) {
      return JSON.createObjectNode();
    }
    JsonNode node;
    try {
      node = JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          ForeignContent.of(bytes, name)
              .orElse(
                  name
                      + " is not JSON: "
                      + e.getOriginalMessage()
                      + (e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr())),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new IllegalArgumentException(
        ForeignContent.of(bytes, name)
            .orElse(name + " must hold a JSON object, holds " + node.getNodeType()));
  }

  /** These files with the model's own (config.json, …) of {@code base} where they are absent. */
  TokenizerFiles completedBy(TokenizerFiles base) {
    Map<String, byte[]> all = new TreeMap<>(files);
    for (String name : READ_ONLY) {
      if (base.files.containsKey(name)) {
        all.putIfAbsent(name, base.files.get(name));
      }
    }
    return new TokenizerFiles(all);
  }

  /** These files with another content of one. */
  TokenizerFiles with(String name, JsonNode content) {
    Map<String, byte[]> changed = new TreeMap<>(files);
    changed.put(name, bytes(content));
    return new TokenizerFiles(changed);
  }

  /** These files with another chat template. */
  public TokenizerFiles withChatTemplate(String source) {
    Map<String, byte[]> changed = new TreeMap<>(files);
    changed.put(TEMPLATE, source.getBytes(StandardCharsets.UTF_8));
    ObjectNode config = json(CONFIG);
    if (config.remove("chat_template") != null) {
      changed.put(CONFIG, bytes(config));
    }
    return new TokenizerFiles(changed);
  }

  /** These files with another end token; what ended before ends still. */
  TokenizerFiles withEndToken(String token, List<Integer> endIds) {
    Map<String, byte[]> changed = new TreeMap<>(withEndIds(endIds).files);
    changed.put(CONFIG, bytes(json(CONFIG).put(EOS_TOKEN, token)));
    if (files.containsKey(SPECIAL)) {
      changed.put(SPECIAL, bytes(json(SPECIAL).put(EOS_TOKEN, token)));
    }
    return new TokenizerFiles(changed);
  }

  /** These files with the ids that end a completion in generation_config.json. */
  TokenizerFiles withEndIds(List<Integer> ids) {
    Map<String, byte[]> changed = new TreeMap<>(files);
    ObjectNode generation = json(GENERATION);
    ArrayNode all = generation.putArray("eos_token_id");
    ids.forEach(all::add);
    changed.put(GENERATION, bytes(generation));
    return new TokenizerFiles(changed);
  }

  /** generation_config.json, or null. */
  public JsonNode generationConfig() {
    return files.containsKey(GENERATION) ? json(GENERATION) : null;
  }

  /** These files with one more added token that is not special. */
  TokenizerFiles withToken(String token, int id) {
    Map<String, byte[]> changed = new TreeMap<>(files);
    ObjectNode tokenizer = json(TOKENIZER);
    ArrayNode added = tokenizer.withArray("/added_tokens");
    added.add(addedToken(token).put("id", id));
    changed.put(TOKENIZER, bytes(tokenizer));

    // transformers takes added_tokens_decoder, where there is one, for the whole truth.
    ObjectNode config = json(CONFIG);
    ObjectNode decoder = config.withObject("/added_tokens_decoder");
    for (JsonNode entry : added) {
      if (!decoder.has(entry.get("id").asText())) {
        ObjectNode copy = entry.deepCopy();
        copy.remove("id");
        decoder.set(entry.get("id").asText(), copy);
      }
    }
    changed.put(CONFIG, bytes(config));
    if (files.containsKey(ADDED)) {
      changed.put(ADDED, bytes(json(ADDED).put(token, id)));
    }
    return new TokenizerFiles(changed);
  }

  private static ObjectNode addedToken(String token) {
    return JSON.createObjectNode()
        .put("content", token)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", false);
  }

  /** The JSON text as Hugging Face lays it out. */
  public static byte[] bytes(JsonNode node) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON tree cannot be written", e);
    }
  }
}
