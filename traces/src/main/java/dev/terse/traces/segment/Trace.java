package dev.terse.traces.segment;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.io.Quote;
import dev.terse.model.chat.ChatTemplate.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A question with a model's own response to it: one row of a traces file.
 *
 * @param id name of the row; {@code line N} where the row has none
 * @param question what the model was asked, as the data has it
 * @param prompt the turns that the model was given; the question as the user's where the row does
 *     not say
 * @param response thinking, {@code </think>}, answer; exactly as the model wrote it
 * @param gold the right answer as the data set has it, or null
 */
public record Trace(
    String id, String question, List<Message> prompt, String response, String gold) {
  private static final Set<String> MESSAGE = Set.of("role", "content");

  public Trace {
    prompt = List.copyOf(prompt);
  }

  /** A question that is the user's turn as it stands. */
  public Trace(String id, String question, String response, String gold) {
    this(id, question, List.of(new Message("user", question)), response, gold);
  }

  /**
   * Reads fields {@code question} and {@code response} and, where they are, {@code id}, {@code
   * prompt} (a list of messages) and {@code gold}. Of {@code question} and {@code prompt} one is
   * enough.
   *
   * @throws IllegalArgumentException if a field is missing or not a text
   */
  public static Trace of(JsonNode row, int line) {
    String id = JsonFields.textOr(row, "id", "line " + line);
    String gold = JsonFields.textOr(row, "gold", null);
    if (!row.path("prompt").isArray()) {
      return new Trace(
          id, JsonFields.text(row, "question"), JsonFields.text(row, "response"), gold);
    }
    List<Message> prompt = messages(row.get("prompt"));
    String last = prompt.get(prompt.size() - 1).content();
    return new Trace(
        id,
        JsonFields.textOr(row, "question", last),
        prompt,
        JsonFields.text(row, "response"),
        gold);
  }

  private static List<Message> messages(JsonNode prompt) {
    List<Message> messages = new ArrayList<>();
    for (JsonNode turn : prompt) {
      boolean plain =
          turn.path("role").isTextual()
              && turn.path("content").isTextual()
              && turn.propertyStream().allMatch(field -> MESSAGE.contains(field.getKey()));
      if (!plain) {
        throw new IllegalArgumentException(
            "expected messages of role and content, both texts, in field 'prompt', found "
                + Quote.cut(turn.toString()));
      }
      messages.add(new Message(turn.get("role").textValue(), turn.get("content").textValue()));
    }
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("expected messages in field 'prompt', found none");
    }
    return messages;
  }
}
