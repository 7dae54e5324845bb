package dev.terse.cli.command.check;

import dev.terse.cli.command.ConfiguredCommand;
import dev.terse.cli.command.ExitCodes;
import dev.terse.cli.engine.EngineOption;
import dev.terse.cli.progress.Terminal;
import dev.terse.engine.Engine;
import dev.terse.io.Outputs;
import dev.terse.lab.curve.CurveConfig;
import dev.terse.lab.curve.CurveFiles;
import dev.terse.lab.curve.CurveReport;
import dev.terse.lab.curve.CurveRun;
import dev.terse.trainer.config.ConfigReader.Loaded;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** Chains, pruned in several ways and degrees, to accuracy over what is left of them. */
@Command(
    name = "curve",
    mixinStandardHelpOptions = true,
    description = {
      "Prunes chains by low, high and random entropy, by place and by tokens, at several kappas;"
          + " the model answers after what is left. Writes answers, CSV, a page and PNGs, and says"
          + " whether low entropy beats random at equal tokens.",
      "Reads rows that traces writes. Killed, the same command goes on. docs/commands/curve.md lists"
          + " the keys."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar curve --model_name_or_path DIR --dataset_name chains.jsonl \\",
      "      --output curve.jsonl",
      "  java -jar trainer.jar curve --model_name_or_path DIR --dataset_name chains.jsonl \\",
      "      --output curve.jsonl --kappas 0 0.4 0.8 1 --orders low random --random_seeds 1"
    })
public final class CurveCommand extends ConfiguredCommand<CurveConfig> {

  /** A command of the configuration's keys. */
  public CurveCommand() {
    super(CurveConfig.class);
  }

  @Override
  public Integer call() throws IOException {
    Loaded<CurveConfig> loaded = load();
    CurveConfig config = loaded.config();
    new Outputs(config.inputs(), config.overwrite()).requireJournaled(CurveFiles.outputs(config));
    try (Engine engine = EngineOption.open(config.engine())) {
      CurveReport report = new CurveRun(config, loaded.values(), engine, Terminal.phases()).run();
      Path output = Path.of(config.output());
      System.out.println(
          "table: " + CurveFiles.table(output) + "   page: " + CurveFiles.page(output) + "\n");
      System.out.print(report.text());
    }
    return ExitCodes.OK;
  }
}
