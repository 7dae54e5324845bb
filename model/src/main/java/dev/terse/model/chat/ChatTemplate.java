package dev.terse.model.chat;

import java.nio.file.Path;
import java.util.List;

/** The chat template of a model folder (Jinja, the subset that Hugging Face templates use). */
public final class ChatTemplate {

  /** Loads chat_template.jinja, or the chat_template of tokenizer_config.json. */
  public static ChatTemplate load(Path folder) {
    throw new IllegalStateException("being built");
  }

  /** The text that the model is prompted with. */
  public String render(List<Message> messages, boolean addGenerationPrompt) {
    throw new IllegalStateException("being built");
  }

  /**
   * A turn of a conversation.
   *
   * @param role system, user or assistant
   */
  public record Message(String role, String content) {}
}
