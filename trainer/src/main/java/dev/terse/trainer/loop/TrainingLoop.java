package dev.terse.trainer.loop;

import dev.terse.trainer.memory.HeapTrim;
import dev.terse.trainer.metrics.MetricSink;
import dev.terse.trainer.optim.Optimizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs updates from the first to the last: logs, evaluates and saves when it is time to.
 *
 * @param optimizer lent to the learner for each update; the caller closes it
 * @param <S> what the learner carries from update to update
 */
public record TrainingLoop<S>(
    TrainingConfig config,
    Learner<S> learner,
    Optimizer optimizer,
    MetricSink sink,
    Saver<S> saver,
    StopSignal stop) {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingLoop.class);

  /** Writes a checkpoint of the run as it stands. */
  @FunctionalInterface
  public interface Saver<S> {
    void save(TrainingProgress<S> progress) throws IOException;
  }

  /** Updates of the whole run. */
  public int maxSteps() {
    return config.updates(learner.updatesPerEpoch());
  }

  /**
   * Does the updates that are left.
   *
   * @param begun what an earlier run did
   * @return updates done now in all: fewer than {@link #maxSteps} if a stop was asked for
   */
  public int run(TrainingProgress<S> begun) throws IOException {
    if (begun.updates() == 0 && config.evaluation().evalOnStart()) {
      evaluate(begun);
    }
    long started = System.nanoTime();
    TrainingProgress<S> reached = train(begun);
    int done = reached.updates() - begun.updates();
    if (done > 0) {
      double seconds = secondsSince(started);
      sink.scalars(
          reached.updates(),
          Map.of("train/train_runtime", seconds, "train/train_steps_per_second", done / seconds));
    }
    if (stop.isRequested()) {
      LOG.info(
          "asked to stop: the run stands after update {} of {}", reached.updates(), maxSteps());
      if (done > 0 && !savingIsDue(reached)) {
        save(reached);
      }
    }
    return reached.updates();
  }

  private TrainingProgress<S> train(TrainingProgress<S> begun) throws IOException {
    MetricMeans means = new MetricMeans();
    HeapTrim heap = new HeapTrim();
    TrainingProgress<S> progress = begun;
    while (progress.updates() < maxSteps() && !stop.isRequested()) {
      long from = System.nanoTime();
      Update<S> step = learner.step(progress.updates(), progress.state(), optimizer);
      tellSkipped(progress.updates(), step);
      progress = progress.after(step);
      heap.trim();
      means.add(metrics(step, progress, secondsSince(from)));
      if (config.logging().logs(progress.updates(), maxSteps())) {
        sink.scalars(progress.updates(), means.take());
      }
      if (evaluationIsDue(progress)) {
        evaluate(progress);
      }
      if (savingIsDue(progress)) {
        save(progress);
      }
    }
    return progress;
  }

  private boolean evaluationIsDue(TrainingProgress<S> progress) {
    int logging = config.logging().loggingSteps();
    return config
        .evaluation()
        .isDue(progress.updates(), learner.updatesPerEpoch(), maxSteps(), logging);
  }

  private boolean savingIsDue(TrainingProgress<S> progress) {
    return config.saving().isDue(progress.updates(), learner.updatesPerEpoch(), maxSteps());
  }

  /** What the learner measured, the optimizer's outcome, and how far the run is. */
  private Map<String, Double> metrics(Update<S> step, TrainingProgress<S> after, double seconds) {
    Map<String, Double> metrics = new LinkedHashMap<>(step.metrics());
    metrics.put("grad_norm", step.outcome().gradientNorm());
    metrics.put("learning_rate", step.outcome().learningRate());
    metrics.put("num_tokens", (double) after.numTokens());
    metrics.put("skipped_updates", step.outcome().applied() ? 0.0 : 1.0);
    metrics.put("epoch", after.updates() / (double) learner.updatesPerEpoch());
    metrics.put("step_time", seconds);
    return metrics;
  }

  private static double secondsSince(long begun) {
    return (System.nanoTime() - begun) / 1e9;
  }

  private void tellSkipped(int update, Update<S> step) {
    if (!step.outcome().applied()) {
      LOG.warn(
          "update {} changed nothing: loss {}, gradient norm {}; its {}",
          update + 1,
          step.loss(),
          step.outcome().gradientNorm(),
          learner.examples(update, step.state()));
    }
  }

  /** A disk that is full costs the checkpoint, not the run; the older ones stand. */
  private void save(TrainingProgress<S> progress) {
    try {
      saver.save(progress);
    } catch (IOException | UncheckedIOException e) {
      LOG.warn(
          "the checkpoint of step {} was not written, training goes on: {}",
          progress.updates(),
          e.getMessage());
    }
  }

  private void evaluate(TrainingProgress<S> progress) throws IOException {
    Map<String, Double> metrics = new LinkedHashMap<>();
    learner
        .evaluate(progress.numTokens())
        .forEach((name, value) -> metrics.put("eval/" + name, value));
    sink.scalars(progress.updates(), metrics);
  }
}
