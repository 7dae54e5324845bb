package dev.terse.trainer.data;

import dev.terse.model.chat.ChatPrompt;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.chat.TurnEnd;
import dev.terse.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * Turns prompts and completions into token ids: the same {@link ChatPrompt} as in scoring and
 * rollouts, or plain text for models that have no template. The completion is always tokenized on
 * its own, set behind the prompt and ended by the end token.
 *
 * @param tokenizer of the model
 * @param template of the model, or null
 */
public record PromptEncoder(Tokenizer tokenizer, ChatTemplate template) {

  /** Ids of a prompt and of what follows it. */
  public record Pair(int[] prompt, int[] completion) {}

  /** A question in the user's turn, after an optional system turn. */
  public int[] question(String system, String question) {
    List<Message> messages = new ArrayList<>();
    if (system != null) {
      messages.add(new Message("system", system));
    }
    messages.add(new Message("user", question));
    return prompt(messages).ids(tokenizer);
  }

  /** A conversation and the assistant's turn after it. */
  public Pair pair(List<Message> messages, String completion) {
    ChatPrompt prompt = prompt(messages);
    return new Pair(
        prompt.ids(tokenizer), ended(prompt.completionIds(tokenizer, completion), turnEnd()));
  }

  /** A prompt that stands as it is, special tokens and all, and its completion. */
  public Pair pair(String prompt, String completion) {
    return new Pair(text(prompt), ended(tokenizer.encodeData(completion), endToken()));
  }

  /** Ids of a prompt that is given as it stands; marks of special tokens in it are those tokens. */
  public int[] text(String prompt) {
    return tokenizer.encode(prompt);
  }

  private ChatPrompt prompt(List<Message> messages) {
    if (template != null) {
      return ChatPrompt.of(template, messages);
    }
    if (messages.size() == 1) {
      return ChatPrompt.plain(messages.get(0).content());
    }
    throw new IllegalArgumentException(
        "the model folder has no chat template, so a prompt is one text, not "
            + messages.size()
            + " messages; add chat_template.jinja to the folder or give plain prompts");
  }

  /** What the template ends a turn with; where that is no token, the end token. */
  private int turnEnd() {
    OptionalInt end = template == null ? OptionalInt.empty() : TurnEnd.of(template, tokenizer);
    return end.orElseGet(this::endToken);
  }

  private int endToken() {
    return tokenizer.stopIds().stream()
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the tokenizer folder names no end token (eos_token in"
                        + " tokenizer_config.json); without it a model never learns to stop"));
  }

  private static int[] ended(int[] ids, int end) {
    int[] ended = Arrays.copyOf(ids, ids.length + 1);
    ended[ids.length] = end;
    return ended;
  }
}
