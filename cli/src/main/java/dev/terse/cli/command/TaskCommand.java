package dev.terse.cli.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.JsonLinesWriter;
import dev.terse.io.Outputs;
import dev.terse.lab.tasks.Split;
import dev.terse.lab.tasks.TaskKind;
import dev.terse.lab.tasks.WorkedProblem;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.traces.prune.SftExample;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.config.places.Writes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

/** Seeded problems with their solutions. */
@Command(
    name = "task",
    mixinStandardHelpOptions = true,
    description = "Writes seeded problems, for training and judging small models.",
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar task word-problems --split train --rows 20000 --output train.jsonl",
      "  java -jar trainer.jar task word-problems --split test --rows 500 --format problems \\",
      "      --output test.jsonl"
    })
public final class TaskCommand extends ConfiguredCommand<TaskCommand.TaskConfig> {

  /** The kinds of rows. */
  public enum Format {
    /** {@link SftExample}. */
    sft,
    /** {"id", "question", "answer"}. */
    problems,
    /** {"id", "question", "response", "gold"}. */
    traces
  }

  /**
   * The keys. docs/commands/task.md lists them.
   *
   * @param task which generator; may stand first on the command line, without its key
   * @param split no problem is in two
   * @param rows number of different problems
   * @param format what the rows are for
   * @param minOperations least operations of a problem; the task's own where unset
   * @param maxOperations most operations of a problem; the task's own where unset
   * @param output file to write
   * @param overwrite whether a file that stands there is replaced
   */
  public record TaskConfig(
      TaskKind task,
      @Default("train") Split split,
      @Range("[1, 1000000]") int rows,
      @Default("sft") Format format,
      @Default(Default.UNSET) @Range("[1, inf)") Integer minOperations,
      @Default(Default.UNSET) @Range("[1, inf)") Integer maxOperations,
      @Default("1") long seed,
      @Writes(Writes.Kind.FILE) String output,
      @Default("false") boolean overwrite) {}

  /** A command without arguments yet. */
  public TaskCommand() {
    super(TaskConfig.class);
  }

  @Override
  protected String firstWord() {
    return "task";
  }

  @Override
  public Integer call() throws IOException {
    TaskConfig config = load().config();
    Path output = Path.of(config.output());
    new Outputs(List.of(), config.overwrite()).requireFiles(List.of(output));
    List<WorkedProblem> problems =
        config
            .task()
            .source(config.seed(), config.minOperations(), config.maxOperations())
            .problems(config.split(), config.rows());
    String kind = config.task() + "-" + config.split().name().toLowerCase(Locale.ROOT) + "-";
    try (JsonLinesWriter out = new JsonLinesWriter(output)) {
      for (int i = 0; i < problems.size(); i++) {
        out.write(row(kind + i, problems.get(i), config.format()));
      }
      out.commit();
    }
    return ExitCodes.OK;
  }

  private static ObjectNode row(String id, WorkedProblem problem, Format format) {
    ObjectNode row = JsonNodeFactory.instance.objectNode().put("id", id);
    String answer = Long.toString(problem.answer());
    return switch (format) {
      case problems -> row.put("question", problem.question()).put("answer", answer);
      case traces ->
          row.put("question", problem.question())
              .put("response", problem.completion())
              .put("gold", answer);
      case sft ->
          new SftExample(
                  id,
                  List.of(new Message("user", problem.question())),
                  problem.completion(),
                  answer)
              .toJson();
    };
  }
}
