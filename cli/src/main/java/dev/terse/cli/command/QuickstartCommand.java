package dev.terse.cli.command;

import dev.terse.cli.engine.EngineOption;
import dev.terse.cli.progress.Terminal;
import dev.terse.engine.Engine;
import dev.terse.lab.quickstart.Quickstart;
import dev.terse.lab.quickstart.QuickstartConfig;
import dev.terse.trainer.config.ConfigReader.Loaded;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The whole method on the model that comes with Terse. */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    description = {
      "Shows the whole method on the small model that comes with Terse: it reasons, its chains are"
          + " pruned by entropy, SFT and GRPO teach it to leave steps out, and base, SFT and SFT+GRPO"
          + " answer the same held-out problems. Ends with a table and a page, report.html.",
      "Settings come from configs/quickstart.yaml; docs/commands/quickstart.md lists them. A run that"
          + " was killed goes on where it stood: give the same command again."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar quickstart",
      "  java -jar trainer.jar quickstart --fast --output_dir runs/quickstart-fast",
      "  java -jar trainer.jar quickstart --seed 2 --output_dir runs/quickstart-2"
    })
public final class QuickstartCommand extends ConfiguredCommand<QuickstartConfig> {

  @Option(
      names = "--fast",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Take configs/quickstart-fast.yaml: shorter, loses accuracy, wider intervals.")
  private boolean fast;

  QuickstartCommand() {
    super(QuickstartConfig.class);
  }

  @Override
  protected String defaultFile(List<String> keys) {
    return fast ? "configs/quickstart-fast.yaml" : "configs/quickstart.yaml";
  }

  @Override
  public Integer call() throws IOException {
    Loaded<QuickstartConfig> loaded = load();
    try (Engine engine = EngineOption.open(loaded.config().engine())) {
      System.out.println("engine: " + engine.description());
      new Quickstart(loaded, engine, Terminal.phases(), System.out).run();
    }
    return ExitCodes.OK;
  }
}
