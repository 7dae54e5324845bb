package dev.terse.model.chat;

import dev.terse.jinja.TemplateException;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.tokenizer.Tokenizer;
import java.util.List;
import java.util.OptionalInt;

/**
 * The token that a template puts after an assistant's turn: {@code <|im_end|>}, {@code <|eot_id|>},
 * the end token of R1. A model that learns from the template's turns ends its own with it.
 */
public final class TurnEnd {
  private static final String CONTENT = "\uE000turn\uE001";

  private TurnEnd() {}

  /** Its id; empty where plain text or nothing follows the turn. */
  public static OptionalInt of(ChatTemplate template, Tokenizer tokenizer) {
    String after = after(template);
    if (after.isBlank()) {
      return OptionalInt.empty();
    }
    int[] ids = tokenizer.encode(after.stripLeading());
    return ids.length > 0 && tokenizer.isControl(ids[0])
        ? OptionalInt.of(ids[0])
        : OptionalInt.empty();
  }

  /** What follows an assistant's turn at the end of a conversation. */
  private static String after(ChatTemplate template) {
    List<Message> turns = List.of(new Message("user", "1"), new Message("assistant", CONTENT));
    try {
      String text = template.render(Conversation.of(turns), false).text();
      int at = text.lastIndexOf(CONTENT);
      return at < 0 ? "" : text.substring(at + CONTENT.length());
    } catch (TemplateException e) { // one that wants other turns says so when it is given them
      return "";
    }
  }
}
