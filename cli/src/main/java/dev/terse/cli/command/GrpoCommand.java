package dev.terse.cli.command;

import dev.terse.engine.Engine;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.grpo.GrpoRun;
import dev.terse.trainer.loop.StopSignal;
import dev.terse.trainer.metrics.MetricSink;
import dev.terse.trainer.metrics.Phases;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;

/** Group relative policy optimization. */
@Command(
    name = "grpo",
    mixinStandardHelpOptions = true,
    description = {
      "Trains a model on problems with rewards for right answers and left-out steps.",
      "Keys and defaults are those of TRL's GRPOConfig; docs/commands/grpo.md lists them. Where"
          + " neither file, model nor data is named, configs/grpo.yaml is run: a small model that"
          + " comes with Terse, on word problems."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar grpo",
      "  java -jar trainer.jar grpo configs/r1-7b-grpo.yaml --learning_rate 5e-7"
    })
public final class GrpoCommand extends TrainingCommand<GrpoConfig> {
  private static final Set<String> MODEL_OR_DATA =
      Set.of("model_name_or_path", "model_init", "dataset_name", "dataset_mixture", "datasets");

  GrpoCommand() {
    super(GrpoConfig.class);
  }

  /** None where the command line names a model or data: TRL's defaults belong to those. */
  @Override
  protected String defaultFile(List<String> keys) {
    return ConfigReader.names(keys, MODEL_OR_DATA) ? null : "configs/grpo.yaml";
  }

  @Override
  int run(Loaded<GrpoConfig> loaded, Engine engine, MetricSink sink, Phases phases, StopSignal stop)
      throws IOException {
    return new GrpoRun(loaded, engine, sink, phases).run(stop);
  }
}
