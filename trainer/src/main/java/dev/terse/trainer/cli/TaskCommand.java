package dev.terse.trainer.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.traces.JsonLinesWriter;
import dev.terse.traces.SftExample;
import dev.terse.trainer.tasks.ArithmeticTask;
import dev.terse.trainer.tasks.ArithmeticTask.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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
      "  java -jar trainer.jar task arithmetic --split train --rows 20000 --output train.jsonl",
      "  java -jar trainer.jar task arithmetic --split test --rows 200 --format problems \\",
      "      --output test.jsonl"
    })
final class TaskCommand implements Callable<Integer> {

  /** The generators. */
  enum Task {
    arithmetic
  }

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
  private Task task;

  @Option(
      names = "--split",
      defaultValue = "train",
      description = "train, valid or test; no problem is in two. Default: ${DEFAULT-VALUE}.")
  private ArithmeticTask.Split split;

  @Option(names = "--rows", required = true, description = "Number of different problems.")
  private int rows;

  @Option(
      names = "--format",
      defaultValue = "sft",
      description = {
        "sft: {\"prompt\", \"completion\"} for the sft command;",
        "problems: {\"question\", \"answer\"} for grpo and eval;",
        "traces: {\"question\", \"response\", \"gold\"} for compress. Default: ${DEFAULT-VALUE}."
      })
  private Format format;

  @Option(
      names = "--min-operations",
      defaultValue = "2",
      description = "Least operations of a problem. Default: ${DEFAULT-VALUE}.")
  private int minOperations;

  @Option(
      names = "--max-operations",
      defaultValue = "3",
      description = "Most operations of a problem. Default: ${DEFAULT-VALUE}.")
  private int maxOperations;

  @Option(names = "--seed", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--output", required = true, description = "JSONL to write.")
  private Path output;

  @Override
  public Integer call() throws IOException {
    List<Problem> problems =
        new ArithmeticTask(seed, minOperations, maxOperations).problems(split, rows);
    try (JsonLinesWriter out = new JsonLinesWriter(output)) {
      for (int i = 0; i < problems.size(); i++) {
        String id = task + "-" + split.name().toLowerCase(Locale.ROOT) + "-" + i;
        out.write(row(id, problems.get(i)));
      }
      out.commit();
    }
    return ExitCodes.OK;
  }

  private ObjectNode row(String id, Problem problem) {
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
