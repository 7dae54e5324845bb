package dev.terse.cli.command;

import dev.terse.engine.Engine;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.loop.StopSignal;
import dev.terse.trainer.metrics.MetricSink;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.sft.SftConfig;
import dev.terse.trainer.sft.SftRun;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Supervised fine-tuning. */
@Command(
    name = "sft",
    mixinStandardHelpOptions = true,
    description = {
      "Fine-tunes a model on prompts and completions, such as the rows that compress writes.",
      "Keys and defaults are those of TRL's SFTConfig; docs/commands/sft.md lists them."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar sft configs/r1-7b.yaml",
      "  java -jar trainer.jar sft --model_name_or_path DIR --dataset_name sft.jsonl \\",
      "      --output_dir runs/sft --learning_rate 1e-5 --max_steps 100"
    })
public final class SftCommand extends TrainingCommand<SftConfig> {
  SftCommand() {
    super(SftConfig.class);
  }

  @Override
  int run(Loaded<SftConfig> loaded, Engine engine, MetricSink sink, Phases phases, StopSignal stop)
      throws IOException {
    return new SftRun(loaded, engine, sink, phases).run(stop);
  }
}
