package dev.terse.serve.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.model.chat.ChatPrompt;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.chat.Conversation;
import dev.terse.serve.model.ServedModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code POST /v1/chat/completions} asks for.
 *
 * @param prompt ids of the conversation, after which the assistant speaks
 * @param thinks whether the prompt has opened the thinking
 * @param maxTokens most tokens of a completion; 1 or more
 * @param topLogProbs how many of the likeliest tokens are told at each place; null for no numbers
 */
public record ChatRequest(
    int[] prompt, boolean thinks, int maxTokens, Integer topLogProbs, Asked asked) {
  private static final int MOST_LOG_PROBS = 20;

  /**
   * Reads a body.
   *
   * @throws ApiException if it is wrong
   */
  public static ChatRequest read(Fields fields, ServedModel model, RequestLimits limits) {
    boolean logProbs = fields.bool("logprobs", false);
    Long top = fields.whole("top_logprobs", 0, MOST_LOG_PROBS);
    if (top != null && !logProbs) {
      throw ApiException.invalid("top_logprobs", "top_logprobs needs logprobs: true");
    }
    Long limit = fields.whole("max_completion_tokens", 1, Integer.MAX_VALUE / 2);
    Long older = fields.whole("max_tokens", 1, Integer.MAX_VALUE / 2);
    String param = limit == null ? "max_tokens" : "max_completion_tokens";
    Long wanted = limit == null ? older : limit;
    Integer most = wanted == null ? null : wanted.intValue();
    Asked asked = Asked.read(fields, model, most, limits.maxChoices());
    fields.refuse("tools", "this server calls no functions", "[]");
    fields.refuse("tool_choice", "this server calls no functions", "\"none\"", "\"auto\"");
    fields.refuse("parallel_tool_calls", "this server calls no functions", "false", "true");
    fields.refuse("functions", "this server calls no functions", "[]");
    fields.refuse("response_format", "the model writes text", "{\"type\":\"text\"}");
    fields.refuse("modalities", "the model writes text", "[\"text\"]");
    fields.refuse("reasoning_effort", "chat_template_kwargs reach the model's template");
    ChatPrompt prompt = prompt(fields, model);
    fields.requireAllRead();
    int[] ids = ids(prompt, model);
    return new ChatRequest(
        ids,
        prompt.opensThinking(),
        limits.newTokens(model, ids.length, most, param),
        logProbs ? Integer.valueOf(top == null ? 0 : top.intValue()) : null,
        asked);
  }

  /**
   * The conversation that {@code messages} and {@code chat_template_kwargs} tell.
   *
   * @throws ApiException if the model has no template, or it refuses the conversation
   */
  public static ChatPrompt prompt(Fields fields, ServedModel model) {
    if (model.template() == null) {
      throw ApiException.invalid(
          "messages",
          "the model "
              + model.name()
              + " has no chat template, so it knows no conversations; use /v1/completions");
    }
    List<Message> messages = new ArrayList<>();
    for (Fields message : fields.objects("messages")) {
      messages.add(message(message));
    }
    if (messages.isEmpty()) {
      throw ApiException.invalid("messages", "messages must have at least one message, found none");
    }
    Map<String, Object> variables = fields.map("chat_template_kwargs");
    try {
      return ChatPrompt.of(model.template(), Conversation.of(messages).withVariables(variables));
    } catch (IllegalArgumentException e) {
      throw ApiException.invalid("messages", "the chat template refuses this: " + e.getMessage());
    }
  }

  /**
   * Token ids of a prompt.
   *
   * @throws ApiException if it cannot be tokenized
   */
  public static int[] ids(ChatPrompt prompt, ServedModel model) {
    try {
      return prompt.ids(model.tokenizer());
    } catch (IllegalArgumentException e) {
      throw ApiException.invalid("messages", "messages: " + e.getMessage());
    }
  }

  private static Message message(Fields fields) {
    String role = fields.text("role");
    if (role == null) {
      throw ApiException.invalid("messages", "a message must have a role, found none");
    }
    JsonNode content = fields.get("content");
    String text = content == null || content.isTextual() ? fields.text("content") : parts(fields);
    Map<String, Object> others = new LinkedHashMap<>(fields.values());
    others.remove("role");
    others.remove("content");
    return new Message(role.equals("developer") ? "system" : role, text, others);
  }

  /** The texts of a message in parts, joined. */
  private static String parts(Fields fields) {
    StringBuilder text = new StringBuilder();
    for (Fields part : fields.objects("content")) {
      part.refuse("type", "a message is text", "\"text\"");
      String of = part.text("text");
      text.append(of == null ? "" : of);
      part.requireAllRead();
    }
    return text.toString();
  }
}
