package dev.terse.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.io.DataRows;
import dev.terse.io.JsonLines.BadRowException;
import dev.terse.io.rows.RowSource;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.chat.Conversation;
import dev.terse.rollout.Prompt;
import dev.terse.trainer.data.ProblemSet.Answers;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads problems one by one. The question is in {@code prompt}: messages, rendered by the chat
 * template with its generation prompt, or a text, taken as it stands. Or it is in {@code question}
 * or {@code problem}, the user's turn of the chat template, or in the column that is named. The
 * right answer is in {@code gold}, {@code answer}, {@code final_answer}, {@code ground_truth} or
 * {@code solution}; of an answer that works its way to {@code ####}, as GSM8K's, what follows is
 * the right one.
 */
public final class ProblemReader implements AutoCloseable {
  private static final String[] QUESTIONS = {"question", "problem"};
  private static final String[] ANSWERS = {
    "gold", "answer", "final_answer", "ground_truth", "solution"
  };
  private static final String FINAL_ANSWER = "####";

  private final DataRows rows;
  private final PromptEncoder encoder;
  private final PromptConfig config;
  private final Answers answers;
  private int read;

  /** Begins at the first row. */
  public ProblemReader(
      RowSource source, PromptEncoder encoder, PromptConfig config, Answers answers)
      throws IOException {
    this.encoder = encoder;
    this.config = config;
    this.answers = answers;
    this.rows = source.open(Set.of());
  }

  /**
   * The next problem, or null after the last.
   *
   * @throws IllegalArgumentException naming the row that cannot be used
   */
  public Problem next() throws IOException {
    JsonNode row = rows.next();
    if (row == null) {
      return null;
    }
    Problem problem = problem(row, read);
    if (problem.gold() == null && answers == Answers.REQUIRED) {
      throw rows.bad(
          "expected the right answer (gold, answer, final_answer, ground_truth or solution) as a"
              + " text, found "
              + keys(row));
    }
    read++;
    return problem;
  }

  /** A failure that names the file and the problem read last. */
  public BadRowException bad(String problem) {
    return rows.bad(problem);
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }

  private Problem problem(JsonNode row, int index) {
    try {
      String id = text(row, "id", "unique_id");
      String answer = text(row, ANSWERS);
      return asked(
          row, id == null ? rows.place() : id, answer == null ? null : gold(answer), index);
    } catch (IllegalArgumentException e) {
      throw rows.bad(e.getMessage());
    }
  }

  private Problem asked(JsonNode row, String id, String gold, int index) {
    String column = config.promptColumn();
    JsonNode prompt = row.path(column);
    Map<String, Object> columns = JsonValues.map(row);
    columns.keySet().removeAll(List.of("prompt", "completion", "completion_ids"));
    if (Messages.are(prompt)) {
      List<Message> messages = config.completed(Messages.of(prompt, column));
      String source = encoder.template() == null ? "" : encoder.template().source();
      Conversation conversation = Messages.conversation(messages, column, row, source);
      String question = messages.get(messages.size() - 1).content();
      return new Problem(
          id,
          question == null ? "" : question,
          gold,
          new Prompt(index, encoder.conversation(conversation)),
          new Problem.Row(Messages.plain(messages), columns));
    }
    boolean named = config.datasetPromptColumn() != null;
    String question = named ? text(row, column) : text(row, QUESTIONS);
    if (question == null && named) {
      throw new IllegalArgumentException(
          "expected a question (text or messages) in dataset_prompt_column '"
              + column
              + "', found "
              + keys(row));
    }
    if (question == null && !prompt.isTextual()) {
      throw new IllegalArgumentException(
          "expected a question: prompt (text or messages), question or problem, found "
              + keys(row));
    }
    if (question == null) {
      String given = prompt.textValue();
      return new Problem(
          id, given, gold, new Prompt(index, encoder.text(given)), new Problem.Row(given, columns));
    }
    List<Message> messages = config.completed(List.of(new Message("user", question)));
    return new Problem(
        id,
        question,
        gold,
        new Prompt(index, encoder.conversation(Conversation.of(messages))),
        new Problem.Row(Messages.plain(messages), columns));
  }

  private static String keys(JsonNode row) {
    return "the keys " + row.propertyStream().map(Map.Entry::getKey).toList();
  }

  private static String gold(String answer) {
    int mark = answer.lastIndexOf(FINAL_ANSWER);
    return (mark < 0 ? answer : answer.substring(mark + FINAL_ANSWER.length())).strip();
  }

  /** The first of the fields that holds a text or number, and not a blank one if another does. */
  private static String text(JsonNode row, String... fields) {
    String blank = null;
    for (String field : fields) {
      JsonNode value = row.path(field);
      if (value.isArray() && !value.isEmpty()) {
        value = only(value, field);
      }
      if (value.isTextual() || value.isNumber()) {
        String text = value.asText();
        if (!text.isBlank()) {
          return text;
        }
        blank = text;
      }
    }
    return blank;
  }

  /** The value of a list of one: data sets of several answers a row mostly have one. */
  private static JsonNode only(JsonNode list, String field) {
    if (list.size() > 1) {
      throw new IllegalArgumentException(
          "'"
              + field
              + "' is a list of "
              + list.size()
              + " values, of which one must be chosen: write it as one text");
    }
    return list.get(0);
  }
}
