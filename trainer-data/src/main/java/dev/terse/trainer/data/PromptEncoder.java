package dev.terse.trainer.data;

import dev.terse.model.chat.ChatPrompt;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.chat.Conversation;
import dev.terse.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns prompts into token ids: the same {@link ChatPrompt} as in scoring and rollouts, or plain
 * text for models that have no template.
 *
 * @param tokenizer of the model
 * @param template of the model, or null
 */
public record PromptEncoder(Tokenizer tokenizer, ChatTemplate template) {

  /** A question in the user's turn, after an optional system turn. */
  public int[] question(String system, String question) {
    List<Message> messages = new ArrayList<>();
    if (system != null) {
      messages.add(new Message("system", system));
    }
    messages.add(new Message("user", question));
    return conversation(Conversation.of(messages));
  }

  /** A conversation and the mark after which the assistant speaks. */
  public int[] conversation(Conversation conversation) {
    return prompt(conversation).ids(tokenizer);
  }

  /**
   * A prompt that is given as it stands, with the begin token that the tokenizer puts before a
   * text; marks of special tokens in it are those tokens (as in TRL).
   */
  public int[] text(String prompt) {
    return tokenizer.encodeWithSpecial(prompt);
  }

  /** The turns, and the mark after which the assistant speaks. */
  ChatPrompt prompt(Conversation conversation) {
    if (template != null) {
      return ChatPrompt.of(template, conversation);
    }
    List<Message> messages = conversation.messages();
    if (messages.size() == 1 && messages.get(0).content() != null) {
      return ChatPrompt.plain(messages.get(0).content());
    }
    throw noTemplate(messages.size());
  }

  static IllegalArgumentException noTemplate(int messages) {
    return new IllegalArgumentException(
        "the model folder has no chat template, so a prompt is one text, not "
            + messages
            + " messages; add chat_template.jinja to the folder or give plain prompts");
  }

  /**
   * The first end token.
   *
   * @throws IllegalArgumentException if the tokenizer names none
   */
  int endToken() {
    return tokenizer.stopIds().stream()
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the tokenizer folder names no end token (eos_token in"
                        + " tokenizer_config.json); without it a model never learns to stop"));
  }
}
