package dev.terse.cli;

import dev.terse.cli.command.CatalogueCommand;
import dev.terse.cli.command.CompressCommand;
import dev.terse.cli.command.ConvertCommand;
import dev.terse.cli.command.EvalCommand;
import dev.terse.cli.command.GenerateCommand;
import dev.terse.cli.command.GradeCommand;
import dev.terse.cli.command.GrpoCommand;
import dev.terse.cli.command.QuickstartCommand;
import dev.terse.cli.command.ScoreCommand;
import dev.terse.cli.command.SftCommand;
import dev.terse.cli.command.TaskCommand;
import dev.terse.cli.command.TokenizeCommand;
import dev.terse.cli.command.check.CurveCommand;
import dev.terse.cli.command.check.DoctorCommand;
import dev.terse.cli.command.check.ReportCommand;
import dev.terse.cli.command.check.SelftestCommand;
import dev.terse.cli.command.data.TracesCommand;
import dev.terse.cli.command.deploy.ExportCommand;
import dev.terse.cli.command.serve.ServeCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root command; it only names the others. */
@Command(
    name = "trainer.jar",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Teaches reasoning models to leave out the steps they do not need.",
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar quickstart",
      "  java -jar trainer.jar traces --model_name_or_path DIR --dataset_name problems.jsonl"
          + " --output chains.jsonl",
      "  java -jar trainer.jar compress --model_name_or_path DIR --dataset_name chains.jsonl"
          + " --output sft.jsonl",
      "  java -jar trainer.jar sft configs/r1-7b.yaml --max_steps 100",
      "  java -jar trainer.jar grpo",
      "",
      "Exit codes: 0 done; 1 failed (disk, memory, a fault); 2 what was asked for is wrong (command"
          + " line, configuration, input)."
    },
    subcommands = {
      QuickstartCommand.class,
      TracesCommand.class,
      CompressCommand.class,
      SftCommand.class,
      GrpoCommand.class,
      EvalCommand.class,
      ReportCommand.class,
      CurveCommand.class,
      GenerateCommand.class,
      ServeCommand.class,
      ScoreCommand.class,
      TokenizeCommand.class,
      ConvertCommand.class,
      ExportCommand.class,
      GradeCommand.class,
      TaskCommand.class,
      CatalogueCommand.class,
      DoctorCommand.class,
      SelftestCommand.class
    })
final class Terse implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of a failure.")
  private boolean verbose;

  boolean isVerbose() {
    return verbose;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "which command? One of " + String.join(", ", spec.subcommands().keySet()));
  }
}
