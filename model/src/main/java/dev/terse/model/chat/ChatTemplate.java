package dev.terse.model.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.jinja.Template;
import dev.terse.jinja.TemplateException;
import dev.terse.jinja.value.Rendering;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The chat template of a model folder, rendered as transformers' {@code apply_chat_template} does:
 * with the variables messages, add_generation_prompt, tools, documents, the special tokens of
 * tokenizer_config.json, and whatever more a run or a row gives. What of Jinja is understood:
 * {@link Template}. Immutable, thread-safe.
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
  private final Map<String, Object> variables;
  private final LocalDateTime now; // null for the time of each rendering

  private ChatTemplate(
      Template template,
      Map<String, String> specialTokens,
      Map<String, Object> variables,
      LocalDateTime now) {
    this.template = template;
    this.specialTokens = Map.copyOf(specialTokens);
    this.variables = Collections.unmodifiableMap(new HashMap<>(variables));
    this.now = now;
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
    return new ChatTemplate(Template.of(source), specialTokens, Map.of(), null);
  }

  /** The Jinja text. */
  public String source() {
    return template.source();
  }

  /** Another text with this one's special tokens, variables and date. */
  public ChatTemplate withSource(String source) {
    return new ChatTemplate(Template.of(source), specialTokens, variables, now);
  }

  /** With variables for all conversations (TRL: chat_template_kwargs); a conversation's own win. */
  public ChatTemplate with(Map<String, Object> more) {
    Map<String, Object> all = new HashMap<>(variables);
    all.putAll(more);
    return new ChatTemplate(template, specialTokens, all, now);
  }

  /**
   * With the time that {@code strftime_now} says in all renderings, so that a prompt has the same
   * ids tomorrow.
   */
  public ChatTemplate at(LocalDateTime time) {
    return new ChatTemplate(template, specialTokens, variables, time);
  }

  /** Whether {@code {% generation %}} tags mark what the model writes. */
  public boolean marksGeneration() {
    return template.marksGeneration();
  }

  /** The text that the model is prompted with. */
  public String render(List<Message> messages, boolean addGenerationPrompt) {
    return render(Conversation.of(messages), addGenerationPrompt).text();
  }

  /**
   * The conversation as text, and where in it the model's own text stands.
   *
   * @throws TemplateException if the template refuses the conversation or asks for what is not
   *     there
   */
  public Rendering render(Conversation conversation, boolean addGenerationPrompt) {
    Map<String, Object> names = new HashMap<>(specialTokens);
    names.put("messages", conversation.messages().stream().map(Message::seen).toList());
    names.put("add_generation_prompt", addGenerationPrompt);
    names.put("tools", conversation.tools());
    names.put("documents", conversation.documents());
    names.putAll(variables);
    names.putAll(conversation.variables());
    return template.render(names, now == null ? LocalDateTime.now() : now);
  }

  /**
   * A turn of a conversation.
   *
   * @param role system, user, assistant or tool
   * @param content its text; null where the turn has none or {@code fields} holds its parts
   * @param fields what more the template may read: reasoning_content, tool_calls, tool_call_id,
   *     name, content as a list of parts
   */
  public record Message(String role, String content, Map<String, Object> fields) {
    /** One text under the names that templates know it by; transformers fills them alike. */
    private static final List<String> REASONING =
        List.of("reasoning_content", "thinking", "reasoning");

    public Message {
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** A turn of text alone. */
    public Message(String role, String content) {
      this(role, content, Map.of());
    }

    /** As the template sees it: what is null is not there, and reasoning has all its names. */
    private Map<String, Object> seen() {
      Map<String, Object> seen = new LinkedHashMap<>();
      seen.put("role", role);
      if (content != null) {
        seen.put("content", content);
      }
      fields.forEach(
          (name, value) -> {
            if (value != null) {
              seen.put(name, value);
            }
          });
      REASONING.stream()
          .map(seen::get)
          .filter(Objects::nonNull)
          .findFirst()
          .ifPresent(
              reasoning -> {
                seen.put(REASONING.get(0), reasoning);
                seen.putIfAbsent(REASONING.get(1), reasoning);
              });
      return seen;
    }
  }
}
