package dev.terse.model.chat;

import dev.terse.jinja.TemplateException;
import dev.terse.jinja.value.Rendering;
import dev.terse.jinja.value.Rendering.Span;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the assistant's turns stand in a rendered conversation: what {@code assistant_only_loss}
 * trains (TRL: assistant_masks).
 *
 * <p>A turn begins after the generation prompt and ends with what the template writes after its
 * text. Where the template marks {@code {% generation %}}, the marks say so. Else it is found by
 * rendering: the conversation with another text in that turn, up to it and through it. So it is
 * found too where a template shows earlier turns otherwise than the last (Qwen3 drops their
 * thinking), of which no prefix's rendering is a prefix.
 */
public final class AssistantTurns {
  private static final String ASSISTANT = "assistant";
  private static final String STAND_IN = "\uE000turn\uE001";

  /** Which of the turns. */
  public enum Which {
    ALL,
    LAST
  }

  private final ChatTemplate template;
  private final Conversation conversation;
  private final String text;

  private AssistantTurns(ChatTemplate template, Conversation conversation, String text) {
    this.template = template;
    this.conversation = conversation;
    this.text = text;
  }

  /**
   * Which tokens of a conversation are the assistant's, [tokens].
   *
   * @param tokens of {@link ChatPrompt#whole}
   * @param which all of its turns, or the last
   * @throws IllegalArgumentException if it has no turn, or the template does not print its text
   */
  public static boolean[] mask(
      ChatTemplate template, Conversation conversation, Tokenizer.Encoding tokens, Which which) {
    Rendering rendering = template.render(conversation, false);
    List<Span> turns =
        template.marksGeneration()
            ? rendering.generated().stream().filter(span -> span.end() > span.begin()).toList()
            : new AssistantTurns(template, conversation, rendering.text()).spans();
    if (turns.isEmpty()) {
      throw new IllegalArgumentException("the conversation has no turn of the assistant");
    }
    List<Span> wanted = which == Which.LAST ? turns.subList(turns.size() - 1, turns.size()) : turns;
    return within(wanted, rendering.text(), tokens);
  }

  /** Tokens with a character of one of the spans. */
  private static boolean[] within(List<Span> spans, String text, Tokenizer.Encoding tokens) {
    boolean[] within = new boolean[tokens.ids().length];
    for (Span span : spans) {
      int begin = text.codePointCount(0, span.begin());
      int end = begin + text.codePointCount(span.begin(), span.end());
      for (int t = 0; t < within.length; t++) {
        within[t] |= tokens.starts()[t] < end && tokens.ends()[t] > begin;
      }
    }
    return within;
  }

  /**
   * Whether the text of the last turn stands in what the template makes of the conversation, blanks
   * around it aside. A template may leave out its thinking (R1-Distill).
   */
  public static boolean showsLast(Conversation conversation, String rendered) {
    String content = conversation.messages().get(conversation.messages().size() - 1).content();
    return content == null || rendered.contains(content.strip());
  }

  private List<Span> spans() {
    List<Span> spans = new ArrayList<>();
    int before = 0;
    for (int turn = 0; turn < conversation.messages().size(); turn++) {
      if (conversation.messages().get(turn).role().equals(ASSISTANT)) {
        Span span = span(turn, before);
        spans.add(span);
        before = span.end();
      }
    }
    return spans;
  }

  private Span span(int turn, int before) {
    List<Message> changed = new ArrayList<>(conversation.messages());
    changed.set(turn, standIn());
    String other = render(changed, false);
    if (!other.contains(STAND_IN)) {
      throw new IllegalArgumentException(
          "the chat template does not print the text of turn "
              + (turn + 1)
              + " (assistant), so that it cannot be told which tokens are the assistant's; give a"
              + " template with {% generation %} marks");
    }
    int contentBegin = commonPrefix(text, other);
    int contentEnd = text.length() - commonSuffix(text, other, contentBegin);
    int end = contentEnd + commonPrefix(text.substring(contentEnd), after(turn));
    return new Span(begin(turn, before, contentBegin), end);
  }

  private static Message standIn() {
    return new Message(ASSISTANT, STAND_IN);
  }

  /** What the template writes after the turn's text where it is the last. */
  private String after(int turn) {
    List<Message> through = new ArrayList<>(conversation.messages().subList(0, turn));
    through.add(standIn());
    String rendered = render(through, false);
    int at = rendered.indexOf(STAND_IN);
    return at < 0 ? "" : rendered.substring(at + STAND_IN.length());
  }

  /**
   * Where the turn begins: after its generation prompt; of one that opens a thinking which the turn
   * does not have, after as much of it as stands there.
   */
  private int begin(int turn, int before, int contentBegin) {
    String prompt = generationPrompt(turn);
    for (int length = prompt.length(); length > 0; length--) {
      boolean whole = length == prompt.length() || endsMark(prompt.charAt(length - 1));
      int at = whole ? text.lastIndexOf(prompt.substring(0, length), contentBegin - length) : -1;
      if (at >= before) {
        return at + length;
      }
    }
    return contentBegin;
  }

  private static boolean endsMark(char c) {
    return c == '>' || c == '\n' || c == ':' || c == ']';
  }

  private String generationPrompt(int turn) {
    List<Message> first = conversation.messages().subList(0, turn);
    try {
      String without = render(first, false);
      String with = render(first, true);
      return with.startsWith(without) ? with.substring(without.length()) : "";
    } catch (TemplateException e) { // a template need not render a conversation without turns
      return "";
    }
  }

  private String render(List<Message> turns, boolean addGenerationPrompt) {
    return template.render(conversation.withMessages(turns), addGenerationPrompt).text();
  }

  private static int commonPrefix(String a, String b) {
    int most = Math.min(a.length(), b.length());
    int length = 0;
    while (length < most && a.charAt(length) == b.charAt(length)) {
      length++;
    }
    return length;
  }

  /** Characters at the end that both have, not counting the first {@code taken} of either. */
  private static int commonSuffix(String a, String b, int taken) {
    int most = Math.min(a.length(), b.length()) - taken;
    int length = 0;
    while (length < most
        && a.charAt(a.length() - 1 - length) == b.charAt(b.length() - 1 - length)) {
      length++;
    }
    return length;
  }
}
