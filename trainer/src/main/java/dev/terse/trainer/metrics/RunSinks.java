package dev.terse.trainer.metrics;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** The sinks of a run. */
public final class RunSinks {
  private RunSinks() {}

  /**
   * {@code teller}, metrics.jsonl, and what the configuration asks for. No file is touched before
   * {@link MetricSink#begin}.
   *
   * @param output folder of the run
   */
  public static MetricSink open(LoggingConfig logging, Path output, MetricSink teller) {
    List<MetricSink> sinks = new ArrayList<>();
    if (!logging.trainingListeners().isEmpty()) {
      sinks.add(listeners(logging.trainingListeners()));
    }
    sinks.add(teller);
    sinks.add(new JsonlSink(output.resolve(JsonlSink.FILE)));
    if (logging.reportTo().contains("tensorboard") || logging.reportTo().contains("all")) {
      String folder = logging.loggingDir();
      sinks.add(new TensorBoardSink(folder == null ? output.resolve("logs") : Path.of(folder)));
    }
    return new CompositeSink(sinks);
  }

  private static MetricSink listeners(List<String> classes) {
    return ServiceLoader.load(ListenerBridge.class)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "training_listeners: no library of listeners is on the class path"))
        .sink(classes);
  }
}
