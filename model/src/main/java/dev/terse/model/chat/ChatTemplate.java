package dev.terse.model.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.jinja.Template;
import dev.terse.jinja.TemplateException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The chat template of a model folder, rendered as transformers' {@code apply_chat_template} does:
 * with the variables messages, add_generation_prompt, tools (none), documents (none) and the
 * special tokens of tokenizer_config.json. What of Jinja is understood: {@link Template}.
 * Immutable, thread-safe.
 */
public final class ChatTemplate {
  private static final String FILE = "chat_template.jinja";
  private static final String CONFIG = "tokenizer_config.json";
  private static final Set<String> SPECIAL_TOKENS =
      Set.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "pad_token",
          "sep_token",
          "cls_token",
          "mask_token");

  private final Template template;
  private final Map<String, String> specialTokens;

  private ChatTemplate(Template template, Map<String, String> specialTokens) {
    this.template = template;
    this.specialTokens = Map.copyOf(specialTokens);
  }

  /**
   * Loads chat_template.jinja, or the chat_template of tokenizer_config.json.
   *
   * @throws IllegalArgumentException if the folder has no template or it cannot be understood
   */
  public static ChatTemplate load(Path folder) {
    return find(folder)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'"
                        + folder
                        + "' has no chat template: neither "
                        + FILE
                        + " nor chat_template in "
                        + CONFIG));
  }

  /** As {@link #load}, empty where the folder has no template. */
  public static Optional<ChatTemplate> find(Path folder) {
    Map<String, byte[]> files = new HashMap<>();
    for (String name : List.of(FILE, CONFIG)) {
      Path file = folder.resolve(name);
      if (Files.isRegularFile(file)) {
        try {
          files.put(name, Files.readAllBytes(file));
        } catch (IOException e) {
          throw new UncheckedIOException("cannot read '" + file + "'", e);
        }
      }
    }
    return find(files);
  }

  /** The template among a tokenizer's files, by name. */
  public static Optional<ChatTemplate> find(Map<String, byte[]> files) {
    JsonNode config = config(files.get(CONFIG));
    Map<String, String> special = new LinkedHashMap<>();
    for (String name : SPECIAL_TOKENS) {
      JsonNode token = config.path(name);
      String text = token.isObject() ? token.path("content").asText("") : token.asText("");
      if (!token.isNull() && !text.isEmpty()) {
        special.put(name, text);
      }
    }
    String source =
        files.containsKey(FILE)
            ? new String(files.get(FILE), StandardCharsets.UTF_8)
            : source(config.path("chat_template"));
    return source == null ? Optional.empty() : Optional.of(of(source, special));
  }

  private static JsonNode config(byte[] bytes) {
    try {
      return new ObjectMapper()
          .readTree(bytes == null ? "{}".getBytes(StandardCharsets.UTF_8) : bytes);
    } catch (IOException e) {
      throw new IllegalArgumentException(CONFIG + " is not JSON: " + e.getMessage(), e);
    }
  }

  /** One template, or of several named ones the default. */
  private static String source(JsonNode template) {
    if (template.isTextual()) {
      return template.asText();
    }
    for (JsonNode named : template) {
      if (named.path("name").asText().equals("default")) {
        return named.path("template").asText();
      }
    }
    return null;
  }

  /**
   * Compiles a template.
   *
   * @param specialTokens texts of bos_token, eos_token, ... that the template may name
   * @throws TemplateException if it cannot be understood; names line and construct
   */
  public static ChatTemplate of(String source, Map<String, String> specialTokens) {
    return new ChatTemplate(Template.of(source), specialTokens);
  }

  /** The Jinja text. */
  public String source() {
    return template.source();
  }

  /** The text that the model is prompted with. */
  public String render(List<Message> messages, boolean addGenerationPrompt) {
    return render(messages, addGenerationPrompt, Map.of());
  }

  /**
   * As above with more variables, such as {@code enable_thinking} or {@code date_string}; they hide
   * those of the same name.
   *
   * @throws TemplateException if the template refuses the messages or asks for what is not there
   */
  public String render(
      List<Message> messages, boolean addGenerationPrompt, Map<String, Object> variables) {
    Map<String, Object> names = new HashMap<>(specialTokens);
    List<Object> turns = new ArrayList<>();
    for (Message message : messages) {
      Map<Object, Object> turn = new LinkedHashMap<>();
      turn.put("role", message.role());
      turn.put("content", message.content());
      turns.add(turn);
    }
    names.put("messages", turns);
    names.put("add_generation_prompt", addGenerationPrompt);
    names.put("tools", null);
    names.put("documents", null);
    names.putAll(variables);
    return template.render(names);
  }

  /**
   * A turn of a conversation.
   *
   * @param role system, user or assistant
   */
  public record Message(String role, String content) {}
}
