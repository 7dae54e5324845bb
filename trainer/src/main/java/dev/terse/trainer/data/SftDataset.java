package dev.terse.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.io.JsonLines;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.trainer.data.PromptEncoder.Pair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The rows of an SFT file that can be trained on. A line is one of
 *
 * <pre>
 * {"prompt": [messages] or text, "completion": [message] or text}
 * {"messages": [..., {"role": "assistant", "content": ...}]}
 * {"text": ...}
 * </pre>
 *
 * <p>A prompt of messages is rendered by the chat template with its generation prompt, a prompt of
 * text stands as it is (as in TRL). Loss is on the completion, of messages on the last turn, of
 * text on all of it.
 *
 * @param rows in the order of the file
 * @param read lines read
 * @param tooLong rows left out because they are longer than the limit
 */
public record SftDataset(List<SftRow> rows, int read, int tooLong) {

  /**
   * How rows are read.
   *
   * @param textField key of the text in rows that have no prompt
   * @param maxLength longest row in tokens
   * @param loss where loss is
   */
  public record Rules(String textField, int maxLength, Supervision loss) {}

  /** Which tokens bear loss. */
  public enum Supervision {
    COMPLETION,
    EVERYTHING
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException naming the line that cannot be used, or if no row is left
   */
  public static SftDataset load(Path file, PromptEncoder encoder, Rules rules) throws IOException {
    List<SftRow> rows = new ArrayList<>();
    int read = 0;
    int tooLong = 0;
    try (JsonLines lines = JsonLines.open(file)) {
      for (JsonNode json = lines.next(); json != null; json = lines.next()) {
        read++;
        SftRow row = row(json, lines, encoder, rules);
        if (row.targets() == 0) {
          throw lines.bad("expected text to learn, found none");
        }
        if (row.ids().length > rules.maxLength()) {
          tooLong++;
        } else {
          rows.add(row);
        }
      }
    }
    SftDataset dataset = new SftDataset(List.copyOf(rows), read, tooLong);
    if (rows.isEmpty()) {
      throw new IllegalArgumentException(
          file + " holds no row to train on: " + dataset.summary(rules.maxLength()));
    }
    return dataset;
  }

  /** One sentence with the counts. */
  public String summary(int maxLength) {
    return read
        + " rows read, "
        + rows.size()
        + " used, "
        + tooLong
        + " dropped because they are longer than max_length "
        + maxLength
        + " tokens";
  }

  /** Sequences grouped into the units that a batch counts: one row each, or bins of rows. */
  public List<List<SftRow>> units(boolean packing, int maxLength) {
    if (!packing) {
      return rows.stream().map(List::of).toList();
    }
    int[] lengths = rows.stream().mapToInt(row -> row.ids().length).toArray();
    return BinPacking.bestFitDecreasing(lengths, maxLength).stream()
        .map(bin -> bin.stream().map(rows::get).toList())
        .toList();
  }

  private static SftRow row(JsonNode json, JsonLines at, PromptEncoder encoder, Rules rules) {
    String id = json.hasNonNull("id") ? json.get("id").asText() : "line " + at.line();
    try {
      if (json.has("prompt")) {
        JsonNode prompt = json.get("prompt");
        String completion = lastContent(json.path("completion"), "completion");
        return supervised(
            id,
            prompt.isTextual()
                ? encoder.pair(prompt.textValue(), completion)
                : encoder.pair(messages(prompt, "prompt"), completion),
            rules);
      }
      if (json.has("messages")) {
        List<Message> messages = messages(json.get("messages"), "messages");
        String completion = lastContent(json.get("messages"), "messages");
        return supervised(
            id, encoder.pair(messages.subList(0, messages.size() - 1), completion), rules);
      }
      if (json.path(rules.textField()).isTextual()) {
        Pair text = encoder.pair("", json.get(rules.textField()).textValue());
        return new SftRow(id, text.completion(), 1);
      }
    } catch (IllegalArgumentException e) {
      throw at.bad(e.getMessage());
    }
    throw at.bad(
        "expected prompt and completion, messages, or "
            + rules.textField()
            + ", found the keys "
            + names(json));
  }

  private static SftRow supervised(String id, Pair pair, Rules rules) {
    int[] ids =
        IntStream.concat(IntStream.of(pair.prompt()), IntStream.of(pair.completion())).toArray();
    int from = rules.loss() == Supervision.COMPLETION ? pair.prompt().length : 1;
    return new SftRow(id, ids, Math.max(1, from));
  }

  /** Text of a completion, given as text or as messages of which the last is the assistant's. */
  private static String lastContent(JsonNode value, String field) {
    String text;
    if (value.isTextual()) {
      text = value.textValue();
    } else {
      List<Message> messages = messages(value, field);
      Message last = messages.get(messages.size() - 1);
      if (!last.role().equals("assistant")) {
        throw new IllegalArgumentException(
            "the last message of '"
                + field
                + "' must be the assistant's, is "
                + last.role()
                + "'s");
      }
      text = last.content();
    }
    if (text.isEmpty()) {
      throw new IllegalArgumentException("the completion is empty");
    }
    return text;
  }

  private static List<Message> messages(JsonNode value, String field) {
    List<Message> messages = new ArrayList<>();
    for (JsonNode message : value) {
      if (!message.path("role").isTextual() || !message.path("content").isTextual()) {
        throw new IllegalArgumentException(
            "expected messages of role and content in '" + field + "'");
      }
      messages.add(
          new Message(message.get("role").textValue(), message.get("content").textValue()));
    }
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("expected text or messages in '" + field + "'");
    }
    return messages;
  }

  private static List<String> names(JsonNode json) {
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
