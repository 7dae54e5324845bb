package dev.terse.traces.prune;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.model.chat.ChatTemplate.Message;
import java.util.List;

/**
 * One row of an SFT set, in TRL's conversational prompt-completion form:
 *
 * <pre>
 * {"id": …, "prompt": [{"role": "user", "content": …}],
 *  "completion": [{"role": "assistant", "content": …}], "gold": …}
 * </pre>
 *
 * The completion is the text that goes on right after the template's generation prompt. It is not
 * to be rendered through the template, which of some models (R1) drops the thinking of assistant
 * turns (docs/method.md, section 5).
 *
 * @param id name of the row
 * @param prompt the turns before the completion
 * @param completion content of the one assistant turn, the end-of-turn token not included
 * @param gold the right answer, or null
 */
public record SftExample(String id, List<Message> prompt, String completion, String gold) {

  public SftExample {
    prompt = List.copyOf(prompt);
    if (prompt.isEmpty()) {
      throw new IllegalArgumentException("expected at least one prompt message, found none");
    }
    if (completion.isEmpty()) {
      throw new IllegalArgumentException("expected a completion, found an empty text");
    }
  }

  /** The row as JSON; more fields may be added to it. */
  public ObjectNode toJson() {
    ObjectNode row = JsonNodeFactory.instance.objectNode().put("id", id);
    for (Message message : prompt) {
      add(row, "prompt", message);
    }
    add(row, "completion", new Message("assistant", completion));
    return row.put("gold", gold);
  }

  private static void add(ObjectNode row, String field, Message message) {
    row.withArray("/" + field)
        .addObject()
        .put("role", message.role())
        .put("content", message.content());
  }
}
