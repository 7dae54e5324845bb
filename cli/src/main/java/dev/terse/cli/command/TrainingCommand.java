package dev.terse.cli.command;

import dev.terse.cli.closing.Closing;
import dev.terse.cli.engine.EngineOption;
import dev.terse.cli.progress.Terminal;
import dev.terse.engine.Engine;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.loop.RunConfig;
import dev.terse.trainer.loop.StopSignal;
import dev.terse.trainer.loop.TrainingConfig;
import dev.terse.trainer.metrics.ConsoleSink;
import dev.terse.trainer.metrics.MetricSink;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.metrics.RunSinks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command that trains.
 *
 * @param <C> the configuration
 */
public abstract class TrainingCommand<C extends RunConfig> extends ConfiguredCommand<C> {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingCommand.class);

  TrainingCommand(Class<C> type) {
    super(type);
  }

  @Override
  protected final boolean isTraining() {
    return true;
  }

  @Override
  public final Integer call() throws IOException {
    Loaded<C> loaded = load();
    TrainingConfig training = loaded.config().training();
    try (StopSignal stop = StopSignal.listening();
        MetricSink sink =
            RunSinks.open(
                training.logging(), Path.of(training.outputDir()), new ConsoleSink(System.out));
        Engine engine = EngineOption.open(loaded.config().model().engine())) {
      LOG.info("engine: {}", engine.description());
      long begun = System.nanoTime();
      int updates = run(loaded, engine, sink, phases(training), stop);
      if (!stop.isRequested()) {
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        Closing.of(loaded.config()).lines(updates, took).forEach(System.out::println);
      }
    }
    return ExitCodes.OK;
  }

  /** Trains; returns the updates done. */
  abstract int run(Loaded<C> loaded, Engine engine, MetricSink sink, Phases phases, StopSignal stop)
      throws IOException;

  private static Phases phases(TrainingConfig training) {
    return Boolean.TRUE.equals(training.logging().disableTqdm()) ? Phases.QUIET : Terminal.phases();
  }
}
