package dev.terse.lab.sampling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.answers.AnswerCheck;
import dev.terse.answers.Grade;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.rollout.Completion;
import dev.terse.rollout.FinishReason;
import dev.terse.rollout.Group;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.ThinkingRule;
import dev.terse.trainer.data.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes rows of completions, each with what became of it: a {@link dev.terse.traces.segment.Trace}
 * with sample, seed, tokens and marks, and besides {@code answer} and {@code outcome}.
 */
final class ChainJudge {
  private static final Set<String> MESSAGE = Set.of("role", "content");

  private final Tokenizer tokenizer;
  private final ThinkingRule rule;
  private final TraceForm form;
  private final AnswerCheck check;
  private final long seed;
  private final String unwritten; // what the model was asked with, and rows are without

  /**
   * @param rule where thinking ends
   */
  ChainJudge(Tokenizer tokenizer, ThinkingRule rule, AnswerPolicy policy, TracesConfig config) {
    this.tokenizer = tokenizer;
    this.rule = rule;
    this.form = config.form();
    this.check = new AnswerCheck(policy);
    this.seed = config.seed();
    this.unwritten = config.teacherPromptSuffix() == null ? "" : config.teacherPromptSuffix();
  }

  /** Rows of all completions, in sample order. */
  List<ObjectNode> rows(Problem problem, Group group) {
    List<ObjectNode> rows = new ArrayList<>();
    for (Completion completion : group.completions()) {
      rows.add(row(problem, rows.size(), completion));
    }
    return rows;
  }

  private ObjectNode row(Problem problem, int sample, Completion completion) {
    String text = tokenizer.decode(completion.ids(), true);
    boolean ended = completion.finish() == FinishReason.STOP;
    Thinking thinking = ended ? rule.of(text) : rule.ofCut(text);
    String answer = thinking.closed() ? thinking.answer() : null;
    Grade grade = check.check(problem.gold(), text, answer);
    String formed = form.of(text, thinking);
    ObjectNode row =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", problem.id() + "/" + sample)
            .put("question", problem.question());
    row.set("prompt", messages(problem));
    row.put("response", formed == null ? text : formed);
    if (form == TraceForm.R1 && formed != null) {
      row.putArray("completion").addObject().put("role", "assistant").put("content", formed);
    }
    return row.put("gold", problem.gold())
        .put("sample", sample)
        .put("seed", seed)
        .put("tokens", completion.ids().length)
        .put("marks", thinking.marked() || form == TraceForm.R1 && formed != null)
        .put("answer", grade.extracted())
        .put("outcome", outcome(ended, grade, formed).key());
  }

  private static Outcome outcome(boolean ended, Grade grade, String formed) {
    if (!ended) {
      return Outcome.CUT;
    }
    if (!grade.isEqual()) {
      return grade.extracted().isEmpty() ? Outcome.NO_ANSWER : Outcome.WRONG;
    }
    return formed == null ? Outcome.NO_THINKING : Outcome.RIGHT;
  }

  /** The turns that the model was given, suffix and system prompt with them, less the teacher's. */
  private ArrayNode messages(Problem problem) {
    ArrayNode messages = JsonNodeFactory.instance.arrayNode();
    List<?> turns = (List<?>) problem.row().prompt();
    for (Object turn : turns) {
      Map<?, ?> message = (Map<?, ?>) turn;
      String role = (String) message.get("role");
      String content = (String) message.get("content");
      boolean asked = messages.size() == turns.size() - 1 && role.equals("user");
      messages
          .addObject()
          .put("role", role)
          .put("content", asked ? withoutTeachers(content) : content);
    }
    return messages;
  }

  private String withoutTeachers(String content) {
    return content.substring(0, content.length() - unwritten.length());
  }

  /**
   * Why chains of a problem could not be read by compress, or null if they can: its prompt must be
   * turns of text alone.
   */
  static String obstacle(Problem problem) {
    if (!(problem.row().prompt() instanceof List<?> turns)) {
      return "'prompt' is a text that would stand as it is, and compress scores turns of a"
          + " conversation: add --dataset_prompt_column prompt, which makes it the user's turn";
    }
    for (Object turn : turns) {
      Map<?, ?> message = (Map<?, ?>) turn;
      if (message.get("content") == null || !MESSAGE.containsAll(message.keySet())) {
        return "compress scores turns of role and content alone, found a turn with "
            + message.keySet()
            + (message.get("content") == null ? " and no content" : "");
      }
    }
    for (String column : List.of("tools", "chat_template_kwargs")) {
      if (problem.row().columns().get(column) != null) {
        return "compress scores turns of text alone, and the row has " + column;
      }
    }
    return null;
  }

  /** The row without what only the file of all chains says. */
  static ObjectNode trace(JsonNode row) {
    ObjectNode trace = row.deepCopy();
    trace.remove(List.of("answer", "outcome"));
    return trace;
  }
}
