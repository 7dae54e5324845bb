package dev.terse.model.chat;

import dev.terse.jinja.value.Rendering;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
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

  private final ChatTemplate template; // null for plain text
  private final Conversation conversation;
  private final boolean addGenerationPrompt;
  private final Rendering rendering;

  private ChatPrompt(
      ChatTemplate template,
      Conversation conversation,
      boolean addGenerationPrompt,
      Rendering rendering) {
    this.template = template;
    this.conversation = conversation;
    this.addGenerationPrompt = addGenerationPrompt;
    this.rendering = rendering;
  }

  private static ChatPrompt of(ChatTemplate template, Conversation given, boolean prompt) {
    return new ChatPrompt(template, given, prompt, template.render(given, prompt));
  }

  /** The question as the one user turn, no system turn of ours. */
  public static ChatPrompt of(ChatTemplate template, String question) {
    return of(template, List.of(new Message("user", question)));
  }

  /** The turns, and the mark after which the assistant speaks. */
  public static ChatPrompt of(ChatTemplate template, List<Message> messages) {
    return of(template, Conversation.of(messages));
  }

  /** The conversation, and the mark after which the assistant speaks. */
  public static ChatPrompt of(ChatTemplate template, Conversation conversation) {
    return of(template, conversation, true);
  }

  /** The conversation as it stands, nobody's turn after it. */
  public static ChatPrompt whole(ChatTemplate template, Conversation conversation) {
    return of(template, conversation, false);
  }

  /** Text for a model without a template: all of it is data. */
  public static ChatPrompt plain(String text) {
    return new ChatPrompt(
        null,
        Conversation.of(List.of(new Message("user", text))),
        false,
        new Rendering(text, List.of()));
  }

  /** The rendered prompt. */
  public String text() {
    return rendering.text();
  }

  /** Where the template marks the model's own text by {@code {% generation %}}. */
  public List<Rendering.Span> generated() {
    return rendering.generated();
  }

  /** Whether the prompt itself opens the thinking. */
  public boolean opensThinking() {
    return text().stripTrailing().endsWith(OPENING);
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
   * Ids of the prompt, as transformers gives for its text. Where a turn's text holds the mark of a
   * control token, that text is encoded on its own as plain text and the parts around it on their
   * own, so that a question cannot end its turn.
   *
   * @throws IllegalArgumentException if the template changes such a text
   */
  public int[] ids(Tokenizer tokenizer) {
    if (template == null) {
      return tokenizer.encodeData(text());
    }
    Optional<MarkedTexts> marked = marked(tokenizer);
    return marked.isEmpty() ? tokenizer.encode(text()) : encoding(tokenizer, marked.get()).ids();
  }

  /** {@link #ids} with their places in the text, in code points. */
  public Tokenizer.Encoding encoding(Tokenizer tokenizer) {
    if (template == null) {
      return tokenizer.encodeDataWithOffsets(text());
    }
    Optional<MarkedTexts> marked = marked(tokenizer);
    return marked.isEmpty()
        ? tokenizer.encodeWithOffsets(text())
        : encoding(tokenizer, marked.get());
  }

  /** Of a whole conversation, whose turns the model learns, marks of the assistant are meant. */
  private Optional<MarkedTexts> marked(Tokenizer tokenizer) {
    return MarkedTexts.of(
        conversation,
        turn -> addGenerationPrompt || !turn.role().equals("assistant"),
        tokenizer::holdsControlMark);
  }

  /** Template, text, template, text, ..., template: each encoded on its own. */
  private Tokenizer.Encoding encoding(Tokenizer tokenizer, MarkedTexts marked) {
    String standIns = template.render(marked.conversation(), addGenerationPrompt).text();
    List<String> parts = marked.parts(standIns, text());
    List<Tokenizer.Encoding> encodings = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      String part = parts.get(i);
      encodings.add(
          i % 2 == 0 ? tokenizer.encodeWithOffsets(part) : tokenizer.encodeDataWithOffsets(part));
    }
    return Tokenizer.Encoding.joined(encodings, parts);
  }
}
