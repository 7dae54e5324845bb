package dev.terse.lab.quickstart;

import dev.terse.engine.Engine;
import dev.terse.io.hub.InputKind;
import dev.terse.traces.prune.Pruner;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.grpo.GrpoRun;
import dev.terse.trainer.loop.RunStoppedException;
import dev.terse.trainer.loop.StopSignal;
import dev.terse.trainer.loop.TrainingConfig;
import dev.terse.trainer.metrics.MetricSink;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.metrics.RunSinks;
import dev.terse.trainer.sft.SftConfig;
import dev.terse.trainer.sft.SftRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The trainings of a quickstart: the commands' own runs, told what to read and where to write. */
record Training(QuickstartConfig config, Engine engine, Phases phases) {

  /** The configuration of an SFT run; {@code settings} override its file. */
  Loaded<SftConfig> sft(Path model, Path data, Path output, List<Map<String, String>> settings)
      throws IOException {
    return read(config.sftConfig(), model, data, output, settings, SftConfig.class);
  }

  /** The configuration of the GRPO run. */
  Loaded<GrpoConfig> grpo(Path model, Path data, Path output) throws IOException {
    List<Map<String, String>> settings = List.of(config.grpoSettings());
    return read(config.grpoConfig(), model, data, output, settings, GrpoConfig.class);
  }

  /**
   * Reads all that will be read later, so that a wrong key is told before the first phase.
   *
   * @throws IllegalArgumentException with what is wrong
   */
  void requireSettings(QuickstartFiles files) throws IOException {
    Path data = files.pruned(Pruner.Order.LOW, Pruner.Budget.STEPS);
    List<Map<String, String>> settings = List.of(config.sftSettings());
    sft(config.base(), data, files.sft(), settings);
    if (!config.controls().isEmpty()) {
      settings = List.of(config.sftSettings(), config.controlSettings());
      sft(config.base(), data, files.sft(), settings);
    }
    grpo(files.sft(), files.grpoProblems(), files.grpo());
  }

  void run(Loaded<SftConfig> sft, String name) throws IOException {
    TrainingConfig training = sft.config().training();
    run(training, name, (sink, stop) -> new SftRun(sft, engine, sink, Phases.QUIET).run(stop));
  }

  void run(Loaded<GrpoConfig> grpo) throws IOException {
    TrainingConfig training = grpo.config().training();
    run(training, "grpo", (sink, stop) -> new GrpoRun(grpo, engine, sink, Phases.QUIET).run(stop));
  }

  /** A training with its sink. */
  @FunctionalInterface
  private interface Run {
    int with(MetricSink sink, StopSignal stop) throws IOException;
  }

  private void run(TrainingConfig training, String name, Run run) throws IOException {
    MetricSink progress = new StepProgress(phases, name, training.maxSteps());
    try (StopSignal stop = StopSignal.listening();
        MetricSink sink =
            RunSinks.open(training.logging(), Path.of(training.outputDir()), progress)) {
      int updates = run.with(sink, stop);
      if (stop.isRequested()) {
        throw new RunStoppedException(
            "stopped after "
                + updates
                + " updates of "
                + name
                + "; the same command goes on from the finished phases");
      }
    }
  }

  private <T> Loaded<T> read(
      String file,
      Path model,
      Path data,
      Path output,
      List<Map<String, String>> settings,
      Class<T> type)
      throws IOException {
    List<String> arguments = new ArrayList<>();
    settings.forEach(
        values -> values.forEach((key, value) -> arguments.add("--" + key + "=" + value)));
    arguments.add("--model_name_or_path=" + model);
    arguments.add("--dataset_name=" + data);
    arguments.add("--output_dir=" + output);
    arguments.add("--seed=" + config.seed());
    return ConfigReader.read(InputKind.FILE.place(file), arguments, type);
  }
}
