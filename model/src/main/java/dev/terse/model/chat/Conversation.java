package dev.terse.model.chat;

import dev.terse.model.chat.ChatTemplate.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a chat template is given.
 *
 * @param messages the turns
 * @param tools JSON schemas of functions that the model may call; null where there are none
 * @param documents texts for retrieval, maps of title and text; null where there are none
 * @param variables further names, such as {@code enable_thinking} or {@code date_string} (TRL: a
 *     row's chat_template_kwargs); they hide all others
 */
public record Conversation(
    List<Message> messages,
    List<Object> tools,
    List<Object> documents,
    Map<String, Object> variables) {

  public Conversation {
    messages = List.copyOf(messages);
    tools = tools == null ? null : Collections.unmodifiableList(new ArrayList<>(tools));
    documents = documents == null ? null : Collections.unmodifiableList(new ArrayList<>(documents));
    variables = Collections.unmodifiableMap(new HashMap<>(variables));
  }

  /** Turns alone. */
  public static Conversation of(List<Message> messages) {
    return new Conversation(messages, null, null, Map.of());
  }

  /** The same with other turns. */
  public Conversation withMessages(List<Message> others) {
    return new Conversation(others, tools, documents, variables);
  }

  /** The same with tools; null for none. */
  public Conversation withTools(List<Object> others) {
    return new Conversation(messages, others, documents, variables);
  }

  /** The same with documents; null for none. */
  public Conversation withDocuments(List<Object> others) {
    return new Conversation(messages, tools, others, variables);
  }

  /** The same with other variables. */
  public Conversation withVariables(Map<String, Object> others) {
    return new Conversation(messages, tools, documents, others);
  }
}
