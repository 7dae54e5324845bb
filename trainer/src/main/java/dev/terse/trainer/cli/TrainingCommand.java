package dev.terse.trainer.cli;

import dev.terse.engine.Engine;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.config.ModelArguments;
import dev.terse.trainer.config.TrainingConfig;
import dev.terse.trainer.loop.StopSignal;
import dev.terse.trainer.metrics.MetricSink;
import dev.terse.trainer.metrics.Phases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Parameters;

/**
 * A command that trains: {@code [config.yaml] [--key value …]}, where the keys are those of the
 * configuration.
 *
 * @param <C> the configuration
 */
abstract class TrainingCommand<C> implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingCommand.class);

  @Parameters(
      arity = "0..*",
      paramLabel = "[CONFIG.YAML] [--KEY VALUE]",
      hideParamSyntax = true,
      description = "Configuration file, then keys that override it.")
  private List<String> arguments = List.of();

  private final Class<C> type;

  TrainingCommand(Class<C> type) {
    this.type = type;
  }

  @Override
  public final Integer call() throws IOException {
    Loaded<C> loaded = load();
    loaded.notes().forEach(LOG::warn);
    TrainingConfig training = training(loaded.config());
    try (StopSignal stop = StopSignal.listening();
        MetricSink sink = RunSinks.open(training);
        Engine engine = EngineOption.open(model(loaded.config()).engine())) {
      LOG.info("engine: {}", engine.description());
      run(loaded, engine, sink, phases(training), stop);
    }
    return ExitCodes.OK;
  }

  /** What to read where the command line names no file, such as configs/grpo.yaml; or null. */
  String defaultFile() {
    return null;
  }

  abstract TrainingConfig training(C config);

  abstract ModelArguments model(C config);

  abstract void run(
      Loaded<C> loaded, Engine engine, MetricSink sink, Phases phases, StopSignal stop)
      throws IOException;

  private Loaded<C> load() throws IOException {
    if (!arguments.isEmpty() && !arguments.get(0).startsWith("--")) {
      List<String> keys = arguments.subList(1, arguments.size());
      return ConfigReader.read(Path.of(arguments.get(0)), keys, type);
    }
    if (defaultFile() == null) {
      return ConfigReader.read(null, arguments, type);
    }
    Path folder = ProjectFolder.holding(defaultFile());
    Path file = folder.resolve(defaultFile());
    Loaded<C> loaded = ConfigReader.read(file, arguments, type);
    List<String> located = new ArrayList<>(ProjectFolder.located(folder, loaded.values()));
    located.addAll(0, arguments);
    return ConfigReader.read(file, located, type);
  }

  private static Phases phases(TrainingConfig training) {
    return Boolean.TRUE.equals(training.logging().disableTqdm()) ? Phases.QUIET : Terminal.phases();
  }
}
