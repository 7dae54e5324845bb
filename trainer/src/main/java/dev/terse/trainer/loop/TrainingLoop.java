package dev.terse.trainer.loop;

import dev.terse.trainer.memory.HeapTrim;
import dev.terse.trainer.metrics.MetricSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs updates from the first to the last: logs, evaluates and saves when it is time to. */
public final class TrainingLoop {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingLoop.class);

  private final TrainingConfig config;
  private final Learner learner;
  private final MetricSink sink;
  private final Saver saver;
  private final StopSignal stop;

  /** Writes a checkpoint of the run as it stands after {@code step} updates. */
  @FunctionalInterface
  public interface Saver {
    void save(int step) throws IOException;
  }

  public TrainingLoop(
      TrainingConfig config, Learner learner, MetricSink sink, Saver saver, StopSignal stop) {
    this.config = config;
    this.learner = learner;
    this.sink = sink;
    this.saver = saver;
    this.stop = stop;
  }

  /** Updates of the whole run. */
  public int maxSteps() {
    return config.updates(learner.updatesPerEpoch());
  }

  /**
   * Does the updates that are left.
   *
   * @param done updates that an earlier run did
   * @return updates done now in all: fewer than {@link #maxSteps} if a stop was asked for
   */
  public int run(int done) throws IOException {
    int maxSteps = maxSteps();
    int perEpoch = learner.updatesPerEpoch();
    MetricMeans means = new MetricMeans();
    HeapTrim heap = new HeapTrim();
    if (done == 0 && config.evaluation().evalOnStart()) {
      evaluate(0);
    }
    int saved = done;
    int step = done;
    long started = System.nanoTime();
    while (step < maxSteps && !stop.isRequested()) {
      long begun = System.nanoTime();
      Map<String, Double> metrics = new LinkedHashMap<>(learner.step(step));
      step++;
      heap.trim();
      metrics.put("epoch", step / (double) perEpoch);
      metrics.put("step_time", (System.nanoTime() - begun) / 1e9);
      means.add(metrics);
      if (config.logging().logs(step, maxSteps)) {
        sink.scalars(step, means.take());
      }
      if (config.evaluation().isDue(step, perEpoch, maxSteps, config.logging().loggingSteps())) {
        evaluate(step);
      }
      if (config.saving().isDue(step, perEpoch, maxSteps)) {
        save(step);
        saved = step;
      }
    }
    if (step > done) {
      double seconds = (System.nanoTime() - started) / 1e9;
      sink.scalars(
          step,
          Map.of(
              "train/train_runtime",
              seconds,
              "train/train_steps_per_second",
              (step - done) / seconds));
    }
    if (stop.isRequested()) {
      LOG.info("asked to stop: the run stands after update {} of {}", step, maxSteps);
      if (saved < step) {
        save(step);
      }
    }
    return step;
  }

  /** A disk that is full costs the checkpoint, not the run; the older ones stand. */
  private void save(int step) {
    try {
      saver.save(step);
    } catch (IOException | UncheckedIOException e) {
      LOG.warn(
          "the checkpoint of step {} was not written, training goes on: {}", step, e.getMessage());
    }
  }

  private void evaluate(int step) throws IOException {
    Map<String, Double> metrics = new LinkedHashMap<>();
    learner.evaluate(step).forEach((name, value) -> metrics.put("eval/" + name, value));
    sink.scalars(step, metrics);
  }
}
