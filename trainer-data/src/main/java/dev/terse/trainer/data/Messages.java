package dev.terse.trainer.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.io.Quote;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.chat.Conversation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Messages as data sets have them: {@code role} and {@code content}, or ShareGPT's {@code from} and
 * {@code value}. Content is a text, null, or a list of parts of text, which are joined. Every other
 * field that is not null stays with its turn for the chat template.
 */
public final class Messages {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<String, String> SHAREGPT =
      Map.of(
          "human", "user",
          "gpt", "assistant",
          "chatgpt", "assistant",
          "bot", "assistant",
          "model", "assistant",
          "observation", "tool",
          "function_response", "tool");

  /** Fields that are part of what the model says; a template that ignores one loses it. */
  private static final Set<String> SPOKEN =
      Set.of("tool_calls", "reasoning_content", "reasoning", "thinking", "function_call");

  private Messages() {}

  /** Whether a value is a list of messages rather than a text. */
  public static boolean are(JsonNode value) {
    return value != null && value.isArray() && value.path(0).isObject();
  }

  /**
   * Reads a list of messages.
   *
   * @param field that they stand in, for errors
   * @throws IllegalArgumentException naming the message and what is wrong with it
   */
  public static List<Message> of(JsonNode value, String field) {
    if (!value.isArray() || value.isEmpty()) {
      throw new IllegalArgumentException(
          "expected text or messages in '"
              + field
              + "', found "
              + (value.isArray() ? "an empty list" : Quote.cut(value.toString())));
    }
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      messages.add(message(value.get(i), field + "[" + i + "]"));
    }
    return messages;
  }

  private static Message message(JsonNode json, String place) {
    boolean shareGpt = !json.hasNonNull("role") && json.hasNonNull("from");
    JsonNode named = json.path(shareGpt ? "from" : "role");
    if (!json.isObject() || !named.isTextual()) {
      throw new IllegalArgumentException(
          "expected messages of role and content, found "
              + Quote.cut(json.toString())
              + " at "
              + place);
    }
    String role =
        shareGpt ? SHAREGPT.getOrDefault(named.textValue(), named.textValue()) : named.textValue();
    if (shareGpt && role.equals("function_call")) {
      throw new IllegalArgumentException(
          place
              + " is from function_call: write it as an assistant's message with tool_calls, which"
              + " a chat template can print");
    }
    String contentKey = shareGpt ? "value" : "content";
    Map<String, Object> fields = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      String key = entry.getKey();
      if (!Set.of("role", "from", contentKey).contains(key) && !entry.getValue().isNull()) {
        fields.put(key, JsonValues.of(entry.getValue()));
      }
    }
    String content = content(json.path(contentKey), place + " (" + role + ")");
    return new Message(role, content, fields);
  }

  private static String content(JsonNode content, String place) {
    if (content.isTextual()) {
      return content.textValue();
    }
    if (content.isNull() || content.isMissingNode()) {
      return null;
    }
    if (!content.isArray()) {
      throw new IllegalArgumentException(
          place
              + ": content must be a text or a list of parts, is "
              + Quote.cut(content.toString()));
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode part : content) {
      boolean isText = part.isTextual() || part.path("text").isTextual();
      if (!isText || part.isObject() && !part.path("type").asText("text").equals("text")) {
        throw new IllegalArgumentException(
            place
                + ": content is a list with a part that is no text: "
                + Quote.cut(part.toString()));
      }
      text.append(part.isTextual() ? part.textValue() : part.get("text").textValue());
    }
    return text.toString();
  }

  /**
   * The messages with what their row gives the template beside them: {@code tools} and {@code
   * chat_template_kwargs}, each as JSON or as its text.
   *
   * @param field that the messages stand in, for errors
   * @param source the template's text; what it never names is refused, since it would be lost
   */
  static Conversation conversation(
      List<Message> messages, String field, JsonNode row, String source) {
    for (int i = 0; i < messages.size(); i++) {
      for (String name : messages.get(i).fields().keySet()) {
        if (SPOKEN.contains(name) && !prints(source, name)) {
          throw new IllegalArgumentException(
              field
                  + "["
                  + i
                  + "] ("
                  + messages.get(i).role()
                  + ") has "
                  + name
                  + ", which the chat template never prints: write it into the content, or give a"
                  + " template that prints it");
        }
      }
    }
    Conversation conversation = Conversation.of(messages);
    JsonNode tools = parsed(row, "tools");
    if (tools.isArray() && !tools.isEmpty()) {
      if (!source.contains("tools")) {
        throw new IllegalArgumentException(
            "the row has tools, which the chat template never prints: take the column out, or give"
                + " a template that prints them");
      }
      conversation = conversation.withTools(JsonValues.list(tools));
    }
    JsonNode variables = parsed(row, "chat_template_kwargs");
    if (!variables.isObject()) {
      return conversation;
    }
    Map<String, Object> given = JsonValues.map(variables);
    given.values().removeIf(Objects::isNull);
    return conversation.withVariables(given);
  }

  /** Templates know the thinking by several names, which are one ({@link Message}). */
  private static boolean prints(String source, String name) {
    return name.equals("tool_calls") || name.equals("function_call")
        ? source.contains(name)
        : Stream.of("reasoning_content", "thinking").anyMatch(source::contains);
  }

  /** A column that may hold its JSON as text, as Parquet files do. */
  private static JsonNode parsed(JsonNode row, String column) {
    JsonNode value = row.path(column);
    if (!value.isTextual() || value.textValue().isBlank()) {
      return value;
    }
    try {
      return JSON.readTree(value.textValue());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "expected JSON in '" + column + "', found " + Quote.cut(value.textValue()), e);
    }
  }

  /** The messages as maps of role and content, as TRL hands them to rewards. */
  static List<Map<String, Object>> plain(List<Message> messages) {
    List<Map<String, Object>> plain = new ArrayList<>();
    for (Message message : messages) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("role", message.role());
      map.put("content", message.content());
      map.putAll(message.fields());
      plain.add(map);
    }
    return plain;
  }

  /** Whether a turn says something beside its content. */
  public static boolean saysMore(Message message) {
    return message.fields().keySet().stream().anyMatch(SPOKEN::contains);
  }
}
