package dev.terse.cli.command;

import static dev.terse.cli.command.OptionText.DEFAULT;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.JsonLinesWriter;
import dev.terse.lab.tasks.Split;
import dev.terse.lab.tasks.TaskKind;
import dev.terse.lab.tasks.WorkedProblem;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.traces.prune.SftExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
public final class TaskCommand implements Callable<Integer> {

  /** The kinds of rows. */
  enum Format {
    /** {@link SftExample}. */
    sft,
    /** {"id", "question", "answer"}. */
    problems,
    /** {"id", "question", "response", "gold"}. */
    traces
  }

  @Parameters(paramLabel = "TASK", description = "Which: ${COMPLETION-CANDIDATES}.")
  private TaskKind task;

  @Option(
      names = "--split",
      defaultValue = "train",
      description = "train, valid or test; no problem is in two." + DEFAULT)
  private Split split;

  @Option(names = "--rows", required = true, description = "Number of different problems.")
  private int rows;

  @Option(
      names = "--format",
      defaultValue = "sft",
      description = {
        "sft: {\"prompt\", \"completion\"} for the sft command;",
        "problems: {\"question\", \"answer\"} for grpo and eval;",
        "traces: {\"question\", \"response\", \"gold\"} for compress." + DEFAULT
      })
  private Format format;

  @Option(names = "--min-operations", description = "Least operations of a problem. Default: 2.")
  private Integer minOperations;

  @Option(
      names = "--max-operations",
      description = "Most operations of a problem. Default: 3 in arithmetic, 8 in word-problems.")
  private Integer maxOperations;

  @Option(names = "--seed", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--output", required = true, description = "JSONL to write.")
  private Path output;

  @Mixin private OverwriteOption outputs;

  @Override
  public Integer call() throws IOException {
    outputs.requireFiles(List.of(), output);
    List<WorkedProblem> problems =
        task.source(seed, minOperations, maxOperations).problems(split, rows);
    try (JsonLinesWriter out = new JsonLinesWriter(output)) {
      for (int i = 0; i < problems.size(); i++) {
        String id = task + "-" + split.name().toLowerCase(Locale.ROOT) + "-" + i;
        out.write(row(id, problems.get(i)));
      }
      out.commit();
    }
    return ExitCodes.OK;
  }

  private ObjectNode row(String id, WorkedProblem problem) {
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
