package dev.terse.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.answers.AnswerCheck;
import dev.terse.io.DataRows;
import dev.terse.io.rows.RowSource;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.chat.Conversation;
import dev.terse.rollout.Prompt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Problems of a file. The question is in {@code prompt}: messages, rendered by the chat template
 * with its generation prompt, or a text, taken as it stands. Or it is in {@code question} or {@code
 * problem}, the user's turn of the chat template, or in the column that is named. The right answer
 * is in {@code gold}, {@code answer}, {@code final_answer}, {@code ground_truth} or {@code
 * solution}; of an answer that works its way to {@code ####}, as GSM8K's, what follows is the right
 * one.
 *
 * @param problems in the order of the file
 * @param read rows read
 * @param tooLong problems left out because their prompt is longer than the limit
 * @param unread ids of the problems whose right answer is not understood: only the same text is
 *     right
 */
public record ProblemSet(List<Problem> problems, int read, int tooLong, List<String> unread) {
  private static final String[] QUESTIONS = {"question", "problem"};
  private static final String[] ANSWERS = {
    "gold", "answer", "final_answer", "ground_truth", "solution"
  };
  private static final String FINAL_ANSWER = "####";

  /** Ids that a summary names. */
  private static final int NAMED = 5;

  /** Whether every row must have a right answer. */
  public enum Answers {
    REQUIRED,
    OPTIONAL
  }

  /** As below; every row must have its right answer. */
  public static ProblemSet load(
      Path file, PromptEncoder encoder, PromptConfig config, int maxPromptLength)
      throws IOException {
    return load(RowSource.of(List.of(file)), encoder, config, maxPromptLength, Answers.REQUIRED);
  }

  /**
   * Reads rows.
   *
   * @param maxPromptLength in tokens
   * @throws IllegalArgumentException naming the row that cannot be used, or if not even half of the
   *     problems are left
   */
  public static ProblemSet load(
      RowSource source,
      PromptEncoder encoder,
      PromptConfig config,
      int maxPromptLength,
      Answers answers)
      throws IOException {
    List<Problem> problems = new ArrayList<>();
    int read = 0;
    int tooLong = 0;
    List<String> unread = new ArrayList<>();
    try (DataRows rows = source.open(Set.of())) {
      for (JsonNode row = rows.next(); row != null; row = rows.next()) {
        Problem problem = problem(row, read, rows, encoder, config);
        if (problem.gold() == null && answers == Answers.REQUIRED) {
          throw rows.bad(
              "expected the right answer (gold, answer, final_answer, ground_truth or solution) as"
                  + " a text, found "
                  + keys(row));
        }
        read++;
        if (problem.gold() != null && !AnswerCheck.understands(problem.gold())) {
          unread.add(problem.id());
        }
        if (problem.prompt().ids().length > maxPromptLength) {
          tooLong++;
        } else {
          problems.add(problem);
        }
      }
    }
    ProblemSet set = new ProblemSet(List.copyOf(problems), read, tooLong, List.copyOf(unread));
    if (problems.isEmpty() || 2 * tooLong > read) {
      throw new IllegalArgumentException(
          source.name()
              + (problems.isEmpty()
                  ? " holds no problem to work on: "
                  : " would lose most of its problems: ")
              + set.summary(maxPromptLength)
              + (tooLong == 0
                  ? ""
                  : "; raise max_prompt_length, or lower max_completion_length where the model has"
                      + " no more positions"));
    }
    return set;
  }

  /** Whether so many problems are lost that a user must be warned: more than 1 %. */
  public boolean losesRows() {
    return 100 * tooLong > read;
  }

  /** One sentence with the counts. */
  public String summary(int maxPromptLength) {
    return read
        + " problems read, "
        + problems.size()
        + " used, "
        + tooLong
        + " dropped because their prompt is longer than max_prompt_length "
        + maxPromptLength
        + " tokens"
        + (unread.isEmpty() ? "" : "; " + unreadGolds(unread));
  }

  /** How many right answers are not understood, and the first of them. */
  public static String unreadGolds(List<String> ids) {
    return ids.size()
        + " right answers are not understood, so that only the same text counts: "
        + String.join(", ", ids.subList(0, Math.min(NAMED, ids.size())))
        + (ids.size() > NAMED ? ", ..." : "");
  }

  private static Problem problem(
      JsonNode row, int index, DataRows at, PromptEncoder encoder, PromptConfig config) {
    try {
      String id = text(row, "id", "unique_id");
      String answer = text(row, ANSWERS);
      return asked(
          row,
          id == null ? at.place() : id,
          answer == null ? null : gold(answer),
          index,
          encoder,
          config);
    } catch (IllegalArgumentException e) {
      throw at.bad(e.getMessage());
    }
  }

  private static Problem asked(
      JsonNode row, String id, String gold, int index, PromptEncoder encoder, PromptConfig config) {
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
