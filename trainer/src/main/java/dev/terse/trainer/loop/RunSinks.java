package dev.terse.trainer.loop;

import dev.terse.trainer.config.LoggingConfig;
import dev.terse.trainer.config.TrainingConfig;
import dev.terse.trainer.dl4j.ListenerClasses;
import dev.terse.trainer.dl4j.ListenerSink;
import dev.terse.trainer.metrics.CompositeSink;
import dev.terse.trainer.metrics.ConsoleSink;
import dev.terse.trainer.metrics.JsonlSink;
import dev.terse.trainer.metrics.MetricSink;
import dev.terse.trainer.metrics.TensorBoardSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The sinks of a run. */
public final class RunSinks {
  private RunSinks() {}

  /** The console, metrics.jsonl, and what the configuration asks for. */
  public static MetricSink open(TrainingConfig training) throws IOException {
    return with(training, new ConsoleSink(System.out));
  }

  /** {@code teller}, metrics.jsonl, and what the configuration asks for. */
  public static MetricSink with(TrainingConfig training, MetricSink teller) throws IOException {
    LoggingConfig logging = training.logging();
    Path output = Path.of(training.outputDir());
    List<MetricSink> sinks = new ArrayList<>();
    if (!logging.trainingListeners().isEmpty()) {
      sinks.add(new ListenerSink(ListenerClasses.load(logging.trainingListeners())));
    }
    sinks.add(teller);
    sinks.add(new JsonlSink(output.resolve(JsonlSink.FILE)));
    if (logging.reportTo().contains("tensorboard") || logging.reportTo().contains("all")) {
      String folder = logging.loggingDir();
      sinks.add(new TensorBoardSink(folder == null ? output.resolve("logs") : Path.of(folder)));
    }
    return new CompositeSink(sinks);
  }
}
