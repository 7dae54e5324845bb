package dev.terse.trainer.data;

import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.trainer.config.Default;
import java.util.ArrayList;
import java.util.List;

/**
 * How a problem becomes a prompt (ours, but the column, which is open-r1's). The same in GRPO and
 * in evaluation.
 *
 * @param systemPrompt a system turn before the question; unset for none
 * @param promptSuffix text right after the question, in the same turn, e.g. where to put the answer
 * @param datasetPromptColumn key of the question, a text or messages; a text is the user's turn;
 *     unset looks for prompt, question and problem
 */
public record PromptConfig(
    @Default(Default.UNSET) String systemPrompt,
    @Default("") String promptSuffix,
    @Default(Default.UNSET) String datasetPromptColumn) {

  /** The question wherever a row has it. */
  public static final PromptConfig PLAIN = new PromptConfig(null, "", null);

  /**
   * The same with more text after the suffix: what a teacher is asked, whose pupil is asked without
   * it. Unset adds nothing.
   */
  public PromptConfig teacher(String more) {
    return more == null
        ? this
        : new PromptConfig(systemPrompt, promptSuffix + more, datasetPromptColumn);
  }

  /** The key of messages, or of a text that is taken as it stands unless it is named. */
  String promptColumn() {
    return datasetPromptColumn == null ? "prompt" : datasetPromptColumn;
  }

  /** The messages with the system turn, unless they have one, and the suffix after the last. */
  List<Message> completed(List<Message> messages) {
    List<Message> all = new ArrayList<>(messages);
    if (systemPrompt != null && !all.get(0).role().equals("system")) {
      all.add(0, new Message("system", systemPrompt));
    }
    Message last = all.get(all.size() - 1);
    if (!promptSuffix.isEmpty() && last.role().equals("user") && last.content() != null) {
      all.set(all.size() - 1, new Message("user", last.content() + promptSuffix, last.fields()));
    }
    return all;
  }
}
