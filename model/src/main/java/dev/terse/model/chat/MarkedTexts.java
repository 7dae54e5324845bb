package dev.terse.model.chat;

import dev.terse.io.Quote;
import dev.terse.model.chat.ChatTemplate.Message;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The texts of a conversation that hold the mark of a control token, and the conversation with
 * stand-ins in their place, by which they are found in what a template makes of it.
 *
 * @param texts in the order of their numbers
 * @param conversation with stand-ins that no text holds
 */
record MarkedTexts(List<String> texts, Conversation conversation) {
  private static final char BEGIN = '\uE000';
  private static final char END = '\uE001';

  /**
   * Empty where no text is marked.
   *
   * @param turns whose texts are looked at
   */
  static Optional<MarkedTexts> of(
      Conversation conversation, Predicate<Message> turns, Predicate<String> marked) {
    List<String> texts = new ArrayList<>();
    List<Message> messages = new ArrayList<>();
    for (Message message : conversation.messages()) {
      if (!turns.test(message)) {
        messages.add(message);
        continue;
      }
      Map<String, Object> fields = new LinkedHashMap<>();
      message.fields().forEach((name, value) -> fields.put(name, replaced(value, marked, texts)));
      String content = (String) replaced(message.content(), marked, texts);
      messages.add(new Message(message.role(), content, fields));
    }
    return texts.isEmpty()
        ? Optional.empty()
        : Optional.of(new MarkedTexts(texts, conversation.withMessages(messages)));
  }

  private static Object replaced(Object value, Predicate<String> marked, List<String> texts) {
    if (value instanceof String text && marked.test(text)) {
      texts.add(text);
      return standIn(texts.size() - 1);
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>();
      map.forEach((key, entry) -> copy.put(key, replaced(entry, marked, texts)));
      return copy;
    }
    if (value instanceof Collection<?> items) {
      List<Object> copy = new ArrayList<>();
      items.forEach(item -> copy.add(replaced(item, marked, texts)));
      return copy;
    }
    return value;
  }

  private static String standIn(int number) {
    return BEGIN + "turn" + number + END;
  }

  /**
   * Template, text, template, text, ..., template.
   *
   * @param standIns the rendering of {@link #conversation}
   * @param expected the rendering with the texts themselves, which the parts make together
   * @throws IllegalArgumentException if the template changes a text, so that it cannot be found
   */
  List<String> parts(String standIns, String expected) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    int length = 0;
    for (int begin = standIns.indexOf(BEGIN); begin >= 0; begin = standIns.indexOf(BEGIN, from)) {
      int end = standIns.indexOf(END, begin);
      String text = end < 0 ? null : text(standIns.substring(begin, end + 1));
      if (text == null) {
        break;
      }
      parts.add(standIns.substring(from, begin));
      length += begin - from;
      String found =
          expected.startsWith(text, Math.min(length, expected.length())) ? text : text.strip();
      parts.add(found);
      length += found.length();
      from = end + 1;
    }
    parts.add(standIns.substring(from));
    if (!String.join("", parts).equals(expected)) {
      throw new IllegalArgumentException(
          "a turn holds the mark of a control token and the template changes its text, so the mark"
              + " cannot be made harmless; remove it: '"
              + Quote.cut(texts.get(0))
              + "'");
    }
    return parts;
  }

  private String text(String standIn) {
    for (int i = 0; i < texts.size(); i++) {
      if (standIn(i).equals(standIn)) {
        return texts.get(i);
      }
    }
    return null;
  }
}
