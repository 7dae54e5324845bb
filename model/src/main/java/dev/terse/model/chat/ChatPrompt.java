package dev.terse.model.chat;

import dev.terse.io.Quote;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The prompt of one question, after which a completion stands as it is written. Used alike for
 * scoring, SFT and rollouts.
 *
 * <p>The completion never goes through the template: the R1-Distill templates drop everything up to
 * {@code </think>} from assistant turns, so a model trained through them would be trained on no
 * thinking at all. So the template renders the question with its generation prompt, the completion
 * is appended raw, and each is tokenized on its own; their ids are joined, never tokenized again.
 *
 * <p>An opening {@code <think>} stands where the template's generation prompt ends with it
 * (R1-Distill: {@code <｜Assistant｜><think>\n}) or where the completion's own text begins with it;
 * never twice, and none is invented.
 */
public final class ChatPrompt {
  private static final String OPENING = "<think>";

  private final String text;
  private final List<String> contents;

  /** Template, content, template, content, ..., template; empty if that could not be found out. */
  private final List<String> parts;

  private ChatPrompt(String text, List<String> contents, List<String> parts) {
    this.text = text;
    this.contents = contents;
    this.parts = parts;
  }

  /** The question as the one user turn, no system turn of ours. */
  public static ChatPrompt of(ChatTemplate template, String question) {
    return of(template, List.of(new Message("user", question)));
  }

  /** The turns, and the mark after which the assistant speaks. */
  public static ChatPrompt of(ChatTemplate template, List<Message> messages) {
    String text = template.render(messages, true);
    List<String> contents =
        messages.stream().map(m -> Objects.requireNonNullElse(m.content(), "")).toList();
    return new ChatPrompt(text, contents, parts(template, messages, contents, text));
  }

  /** Text for a model without a template: all of it is data. */
  public static ChatPrompt plain(String text) {
    return new ChatPrompt(text, List.of(text), List.of("", text, ""));
  }

  /** Where the template puts the contents: found by rendering stand-ins that no text holds. */
  private static List<String> parts(
      ChatTemplate template, List<Message> messages, List<String> contents, String expected) {
    List<Message> standIns = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      standIns.add(new Message(messages.get(i).role(), standIn(i)));
    }
    String rest = template.render(standIns, true);
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      int begin = rest.indexOf(standIn(i));
      if (begin < 0) {
        return List.of();
      }
      parts.add(rest.substring(0, begin));
      String content = contents.get(i);
      boolean asWritten =
          expected.startsWith(content, parts.stream().mapToInt(String::length).sum());
      parts.add(asWritten ? content : content.strip());
      rest = rest.substring(begin + standIn(i).length());
    }
    parts.add(rest);
    return String.join("", parts).equals(expected) ? parts : List.of();
  }

  private static String standIn(int message) {
    return "\uE000turn" + message + "\uE001";
  }

  /** The rendered prompt. */
  public String text() {
    return text;
  }

  /** Whether the prompt itself opens the thinking. */
  public boolean opensThinking() {
    return text.stripTrailing().endsWith(OPENING);
  }

  /**
   * The completion as it stands after this prompt: unchanged, but without its opening {@code
   * <think>} and the blanks around it where the prompt has opened the thinking already.
   */
  public String completion(String response) {
    String start = response.stripLeading();
    if (!opensThinking() || !start.startsWith(OPENING)) {
      return response;
    }
    String rest = start.substring(OPENING.length());
    return rest.startsWith("\n") ? rest.substring(1) : rest;
  }

  /** Ids of the completion; control marks in it are ordinary text. Ends without an end token. */
  public int[] completionIds(Tokenizer tokenizer, String response) {
    return tokenizer.encodeData(completion(response));
  }

  /**
   * Ids of the prompt, as transformers gives for its text. Where a turn's content holds the mark of
   * a control token, that content is encoded on its own as plain text and the parts around it on
   * their own, so that a question cannot end its turn.
   *
   * @throws IllegalArgumentException if the template changes such a content
   */
  public int[] ids(Tokenizer tokenizer) {
    Optional<String> marked = contents.stream().filter(tokenizer::holdsControlMark).findFirst();
    if (marked.isEmpty()) {
      return tokenizer.encode(text);
    }
    if (parts.isEmpty()) {
      throw new IllegalArgumentException(
          "a turn holds the mark of a control token and the template changes its text, so the mark"
              + " cannot be made harmless; remove it: '"
              + Quote.cut(marked.get())
              + "'");
    }
    List<int[]> ids = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      String part = parts.get(i);
      ids.add(i % 2 == 0 ? tokenizer.encode(part) : tokenizer.encodeData(part));
    }
    return ids.stream().flatMapToInt(Arrays::stream).toArray();
  }
}
