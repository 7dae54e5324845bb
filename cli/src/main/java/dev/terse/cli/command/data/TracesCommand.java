package dev.terse.cli.command.data;

import dev.terse.cli.command.ConfiguredCommand;
import dev.terse.cli.command.ExitCodes;
import dev.terse.cli.engine.EngineOption;
import dev.terse.cli.progress.Terminal;
import dev.terse.engine.Engine;
import dev.terse.io.Outputs;
import dev.terse.lab.sampling.TraceCounts;
import dev.terse.lab.sampling.TracesConfig;
import dev.terse.lab.sampling.TracesRun;
import dev.terse.trainer.config.ConfigReader.Loaded;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Problems to right chains of the model's own. */
@Command(
    name = "traces",
    mixinStandardHelpOptions = true,
    description = {
      "Samples chains of problems, grades them, and writes the right ones that ended by themselves:"
          + " what compress reads.",
      "Rows {\"question\"}, {\"problem\"} or {\"prompt\"} with \"answer\" or \"gold\". Killed, the"
          + " same command goes on. docs/commands/traces.md lists the keys."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar traces --model_name_or_path DIR --dataset_name problems.jsonl \\",
      "      --output chains.jsonl --num_generations 4 --max_completion_length 512",
      "  java -jar trainer.jar compress --model_name_or_path DIR --dataset_name chains.jsonl \\",
      "      --output sft.jsonl"
    })
public final class TracesCommand extends ConfiguredCommand<TracesConfig> {

  /** A command of the configuration's keys. */
  public TracesCommand() {
    super(TracesConfig.class);
  }

  @Override
  public Integer call() throws IOException {
    Loaded<TracesConfig> loaded = load();
    TracesConfig config = loaded.config();
    new Outputs(config.inputs(), config.overwrite()).requireJournaled(TracesRun.outputs(config));
    try (Engine engine = EngineOption.open(config.engine())) {
      TraceCounts counts = new TracesRun(config, loaded.values(), engine, Terminal.phases()).run();
      System.out.println(counts.text());
      System.out.println("counts: " + config.counts());
    }
    return ExitCodes.OK;
  }
}
