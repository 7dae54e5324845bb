package dev.terse.trainer.data;

import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns what precedes a completion into token ids: the chat template with its generation prompt, or
 * the plain text for models that have no template. The completion is always tokenized on its own
 * and set behind it, in training as in sampling.
 *
 * @param tokenizer of the model
 * @param template of the model, or null
 */
public record PromptEncoder(Tokenizer tokenizer, ChatTemplate template) {

  /** Ids of a conversation, ready for the assistant's turn. */
  public int[] conversation(List<Message> messages) {
    if (template != null) {
      return tokenizer.encode(template.render(messages, true));
    }
    if (messages.size() == 1) {
      return text(messages.get(0).content());
    }
    throw new IllegalArgumentException(
        "the model folder has no chat template, so a prompt is one text, not "
            + messages.size()
            + " messages; add chat_template.jinja to the folder or give plain prompts");
  }

  /** Ids of a question in the user's turn, after an optional system turn. */
  public int[] question(String system, String question) {
    List<Message> messages = new ArrayList<>();
    if (system != null) {
      messages.add(new Message("system", system));
    }
    messages.add(new Message("user", question));
    return conversation(messages);
  }

  /** Ids of a prompt that is given as it stands; marks of special tokens in it are those tokens. */
  public int[] text(String prompt) {
    return tokenizer.encode(prompt);
  }

  /**
   * Ids of a completion, appended raw and ended by the end token. Never the template's rendering of
   * an assistant turn, which drops the thinking in some families (method page, D14).
   */
  public int[] completion(String text) {
    int[] ids = tokenizer.encodeData(text);
    int[] ended = java.util.Arrays.copyOf(ids, ids.length + 1);
    ended[ids.length] = endId();
    return ended;
  }

  private int endId() {
    return tokenizer.stopIds().stream()
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the tokenizer folder names no end token (eos_token in"
                        + " tokenizer_config.json); without it a model never learns to stop"));
  }
}
