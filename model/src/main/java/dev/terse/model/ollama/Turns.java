package dev.terse.model.ollama;

import dev.terse.jinja.TemplateException;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.chat.ChatTemplate.Message;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A chat template that is plain turns: what it puts before and after the text of each role,
 * whatever the conversation. It is found by what the template makes of a few conversations, and
 * held against more of them, so that every template of that kind is known, not a list of names.
 *
 * @param withoutSystem what stands in front where no system turn is given
 * @param generation what the model goes on from after the last turn
 * @param silent the same where thinking is switched off ({@code enable_thinking: false})
 * @param forgetsThinking whether the thinking of earlier turns is left out
 */
record Turns(
    String withoutSystem,
    Turn system,
    Turn user,
    Turn assistant,
    String generation,
    String silent,
    boolean forgetsThinking) {
  private static final String THOUGHT = "Thoughtmark";
  private static final String THINKING = "<think>\n" + THOUGHT + "\n</think>\n\n";
  private static final Message SYSTEM = new Message("system", "Systemmark");
  private static final Message USER = new Message("user", "Usermark");
  private static final Message ASSISTANT = new Message("assistant", "Assistantmark");
  private static final Message LATER = new Message("user", "Latermark");

  /** What stands around a role's text. */
  record Turn(String before, String after) {}

  /**
   * The turns of a template; empty if it is no such template.
   *
   * @param begin what the reader of the prompt puts in front by itself, and so is left out; or
   *     empty
   */
  static Optional<Turns> of(ChatTemplate template, String begin) {
    try {
      return Optional.of(new Probe(template, begin).turns());
    } catch (TemplateException | Unlike e) {
      return Optional.empty();
    }
  }

  /** What the template makes of a conversation whose thinking stands in the content. */
  String render(List<Message> conversation) {
    StringBuilder text = new StringBuilder();
    if (!conversation.get(0).role().equals("system")) {
      text.append(withoutSystem);
    }
    for (Message message : conversation) {
      Turn turn =
          switch (message.role()) {
            case "system" -> system;
            case "user" -> user;
            default -> assistant;
          };
      text.append(turn.before()).append(message.content()).append(turn.after());
    }
    return text.append(generation).toString();
  }

  /** The template is none of plain turns. */
  private static final class Unlike extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unlike(String what) {
      super(what, null, false, false);
    }
  }

  /** Conversations in, pieces out. */
  private record Probe(ChatTemplate template, String begin) {

    Turns turns() {
      if (!rendered(template.at(LocalDateTime.of(2001, 2, 3, 4, 5)), List.of(USER), true)
          .equals(
              rendered(template.at(LocalDateTime.of(2022, 11, 10, 9, 8)), List.of(USER), true))) {
        throw new Unlike("the day is in it");
      }
      List<String> one = cut(List.of(USER));
      List<String> two = cut(List.of(USER, ASSISTANT));
      List<String> three = cut(List.of(USER, ASSISTANT, LATER));
      List<String> instructed = cut(List.of(SYSTEM, USER));
      String userAfter = one.get(1);
      String assistantAfter = two.get(2);
      String userBefore = without(three.get(2), assistantAfter, "");
      Turn user = new Turn(userBefore, userAfter);
      Turn assistant = new Turn(without(three.get(1), userAfter, ""), assistantAfter);
      Turn system = new Turn(instructed.get(0), without(instructed.get(1), "", userBefore));
      String whole = rendered(template, List.of(USER), true);
      String generation = without(whole, String.join(USER.content(), one), "");
      ChatTemplate quietly = template.with(Map.of("enable_thinking", false));
      String quiet = rendered(quietly, List.of(USER), true);
      Turns turns =
          new Turns(
              without(one.get(0), "", userBefore),
              system,
              user,
              assistant,
              generation,
              without(quiet, String.join(USER.content(), one), ""),
              forgetsThinking());
      for (List<Message> conversation :
          List.of(
              List.of(USER),
              List.of(SYSTEM, USER),
              List.of(USER, ASSISTANT, LATER),
              List.of(SYSTEM, USER, ASSISTANT, USER, ASSISTANT, LATER))) {
        String told = turns.render(conversation);
        if (!rendered(template, conversation, true).equals(told)) {
          throw new Unlike("a longer conversation is otherwise");
        }
        String untouched = told.substring(0, told.length() - generation.length());
        if (!rendered(quietly, conversation, true).equals(untouched + turns.silent())) {
          throw new Unlike("earlier turns are otherwise where thinking is switched off");
        }
      }
      List<Message> thought = List.of(USER, thinking(), LATER);
      if (!turns.forgetsThinking()
          && !rendered(template, thought, true).equals(turns.render(thought))) {
        throw new Unlike("thinking is moved");
      }
      return turns;
    }

    private boolean forgetsThinking() {
      String text = rendered(template, List.of(USER, thinking(), LATER), true);
      if (!text.contains(ASSISTANT.content())) {
        throw new Unlike("an answer is left out");
      }
      return !text.contains(THOUGHT);
    }

    private static Message thinking() {
      return new Message("assistant", THINKING + ASSISTANT.content());
    }

    /** What stands around the messages' contents, which must be in it once and in order. */
    private List<String> cut(List<Message> conversation) {
      String text = rendered(template, conversation, false);
      List<String> pieces = new ArrayList<>();
      for (Message message : conversation) {
        int at = text.indexOf(message.content());
        if (at < 0) {
          throw new Unlike("a turn is left out or moved");
        }
        pieces.add(text.substring(0, at));
        text = text.substring(at + message.content().length());
      }
      pieces.add(text);
      return pieces;
    }

    private String rendered(ChatTemplate by, List<Message> conversation, boolean goesOn) {
      String text = by.render(conversation, goesOn);
      return text.startsWith(begin) ? text.substring(begin.length()) : text;
    }

    /** The rest of a text; braces in it would be Ollama's. */
    private static String without(String text, String start, String end) {
      if (!text.startsWith(start)
          || !text.endsWith(end)
          || start.length() + end.length() > text.length()
          || text.contains("{{")) {
        throw new Unlike("the pieces do not fit together");
      }
      return text.substring(start.length(), text.length() - end.length());
    }
  }
}
