package dev.terse.cli.command;

import dev.terse.cli.engine.EngineOption;
import dev.terse.cli.progress.Terminal;
import dev.terse.engine.Engine;
import dev.terse.io.Outputs;
import dev.terse.lab.statistics.PairedComparison;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.eval.EvalConfig;
import dev.terse.trainer.eval.EvalRecord;
import dev.terse.trainer.eval.EvalRun;
import dev.terse.trainer.eval.Evaluation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Accuracy and length over problems, and paired comparison. */
@Command(
    name = "eval",
    mixinStandardHelpOptions = true,
    description = {
      "Accuracy, tokens and skips of a model over all problems of a file: one that does not end"
          + " within the limit is wrong, none is left out.",
      "Rows {\"question\"}, {\"problem\"} or {\"prompt\"} with \"answer\" or \"gold\"."
          + " docs/commands/eval.md lists the keys."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar eval --model_name_or_path DIR --dataset_name problems.jsonl \\",
      "      --max_completion_length 512 --output before.jsonl",
      "  java -jar trainer.jar eval --compare before.jsonl after.jsonl"
    })
public final class EvalCommand extends ConfiguredCommand<EvalConfig> {

  /** Of the bootstrap, where two files are compared. */
  private static final long COMPARISON_SEED = 42;

  @Option(
      names = "--compare",
      arity = "2",
      paramLabel = "RECORDS",
      description = "Compare two files that eval has written, problem by problem.")
  private Path[] compare;

  EvalCommand() {
    super(EvalConfig.class);
  }

  @Override
  public Integer call() throws IOException {
    if (compare != null) {
      print(
          PairedComparison.of(
              EvalRecord.read(compare[0]), EvalRecord.read(compare[1]), COMPARISON_SEED));
      return ExitCodes.OK;
    }
    Loaded<EvalConfig> loaded = load();
    EvalConfig config = loaded.config();
    if (config.output() != null) {
      Path output = Path.of(config.output());
      new Outputs(config.inputs(), config.overwrite()).requireJournaled(List.of(output));
    }
    List<EvalRecord> baseline =
        config.baseline() == null ? null : EvalRecord.read(Path.of(config.baseline()));
    try (Engine engine = EngineOption.open(config.engine())) {
      Evaluation evaluation = new EvalRun(config, loaded.values(), engine, Terminal.phases()).run();
      evaluation
          .metrics()
          .forEach((name, value) -> System.out.printf(Locale.ROOT, "%-32s %.6g%n", name, value));
      if (baseline != null) {
        print(PairedComparison.of(baseline, evaluation.records(), config.seed()));
      }
    }
    return ExitCodes.OK;
  }

  private static void print(PairedComparison comparison) {
    System.out.print(comparison.describe());
  }
}
