package dev.terse.trainer.data;

import dev.terse.answers.AnswerPlace;
import dev.terse.io.JsonLines;
import dev.terse.model.chat.ChatPrompt;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.chat.Conversation;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.ThinkingEnd;
import dev.terse.traces.segment.ThinkingRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where thinking ends in all texts of a run, and why: decided once, before the first text is read
 * (docs/method.md, section 1).
 *
 * @param rule of the run
 * @param why in words
 */
public record ThinkingChoice(ThinkingRule rule, String why) {

  /** What a prompt is rendered of to see what the chat template puts after it. */
  private static final String QUESTION = "1 + 1 = ?";

  /**
   * The choice for a model's completions.
   *
   * @param asked the key {@code thinking}
   * @param encoder of the model's prompts
   * @param config what is written around the questions
   * @throws IllegalArgumentException if what is asked for contradicts the chat template
   */
  public static ThinkingChoice of(ThinkingEnd asked, PromptEncoder encoder, PromptConfig config) {
    Evidence model = Evidence.of(encoder, config);
    if (asked == ThinkingEnd.AUTO) {
      ThinkingEnd end = model.marks ? ThinkingEnd.MARKS : ThinkingEnd.BEFORE_ANSWER;
      return new ThinkingChoice(rule(end), "auto chose it because " + model.words);
    }
    if (asked != ThinkingEnd.MARKS && model.opened) {
      throw new IllegalArgumentException(
          "thinking: "
              + asked.key()
              + " cannot be: "
              + model.words
              + ", and what a prompt opens, </think> closes; give thinking: marks or auto, or switch"
              + " the thinking off by chat_template_kwargs");
    }
    boolean against = asked == ThinkingEnd.MARKS != model.marks;
    return new ThinkingChoice(
        rule(asked), "as asked" + (against ? ", although " + model.words : ""));
  }

  /**
   * The choice for traces: as for the completions of the model that scores them, but where a row
   * has {@code </think>}, auto takes marks.
   *
   * @param traces JSONL; it is read to its end, or to the first mark, where auto is asked for
   */
  public static ThinkingChoice of(ThinkingEnd asked, PromptEncoder encoder, Path traces)
      throws IOException {
    return asked == ThinkingEnd.AUTO && anyHasMarks(traces)
        ? new ThinkingChoice(ThinkingRule.MARKS, "auto chose it because the rows have </think>")
        : of(asked, encoder, PromptConfig.PLAIN);
  }

  private static boolean anyHasMarks(Path traces) throws IOException {
    try (JsonLines rows = JsonLines.open(traces)) {
      while (true) {
        try {
          var row = rows.next();
          if (row == null) {
            return false;
          }
          if (row.path("response").asText().contains(Thinking.CLOSE)) {
            return true;
          }
        } catch (JsonLines.BadRowException e) {
          continue; // the rows themselves are read later, and then it is told
        }
      }
    }
  }

  /** The rule of that name; auto is none. */
  public static ThinkingRule rule(ThinkingEnd end) {
    return end == ThinkingEnd.MARKS ? ThinkingRule.MARKS : new ThinkingRule(end, AnswerPlace::in);
  }

  /** One sentence for the start of a command. */
  public String describe() {
    String where =
        switch (rule.end()) {
          case BEFORE_LAST_PARAGRAPH -> "before the last paragraph";
          case BEFORE_ANSWER -> "before the sentence that gives the final answer";
          default -> "at </think>";
        };
    return "thinking ends " + where + " (thinking: " + rule.end().key() + "; " + why + ")";
  }

  /**
   * What tokenizer and chat template say of marks.
   *
   * @param marks whether the model thinks in marks
   * @param opened whether its prompt opens the thinking
   * @param words the reason
   */
  private record Evidence(boolean marks, boolean opened, String words) {
    static Evidence of(PromptEncoder encoder, PromptConfig config) {
      ChatPrompt prompt = encoder.prompt(Conversation.of(List.of(new Message("user", QUESTION))));
      if (prompt.opensThinking()) {
        return new Evidence(true, true, "the chat template opens <think> in the prompt");
      }
      if (asksForMarks(config.systemPrompt()) || asksForMarks(config.promptSuffix())) {
        return new Evidence(true, false, "the prompt asks for </think>");
      }
      if (prompt.text().stripTrailing().endsWith(Thinking.CLOSE)) {
        return new Evidence(
            false, false, "the chat template closes the thinking before the model writes");
      }
      if (encoder.tokenizer().id(Thinking.CLOSE).isPresent()) {
        return new Evidence(true, false, "the tokenizer has the token </think>");
      }
      boolean told =
          encoder.template() != null && encoder.template().source().contains(Thinking.CLOSE);
      return told
          ? new Evidence(true, false, "the chat template speaks of </think>")
          : new Evidence(false, false, "neither tokenizer nor chat template has </think>");
    }

    private static boolean asksForMarks(String text) {
      return text != null && text.contains(Thinking.CLOSE);
    }
  }
}
