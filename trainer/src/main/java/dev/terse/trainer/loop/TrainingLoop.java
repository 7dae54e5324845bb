package dev.terse.trainer.loop;

import dev.terse.engine.Engine;
import dev.terse.engine.measure.MatmulPeak;
import dev.terse.io.IoSentence;
import dev.terse.trainer.checkpoint.BestModelConfig;
import dev.terse.trainer.memory.HeapTrim;
import dev.terse.trainer.metrics.MetricSink;
import dev.terse.trainer.optim.NonFiniteException;
import dev.terse.trainer.optim.Optimizer;
import dev.terse.trainer.optim.Plateau;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs updates from the first to the last: logs, evaluates and saves when it is time to.
 *
 * @param peak learning_rate
 * @param engine the model's; not owned
 * @param optimizer lent to the learner for each update; the caller closes it
 * @param <S> what the learner carries from update to update
 */
public record TrainingLoop<S>(
    TrainingConfig config,
    double peak,
    Engine engine,
    Learner<S> learner,
    Optimizer optimizer,
    MetricSink sink,
    Saver<S> saver,
    StopSignal stop) {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingLoop.class);

  /** That measuring the matmul peak may take. */
  private static final double SECONDS_OF_PEAK = 0.25;

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
   * @param from what an earlier run did
   * @return how far the run is now: fewer updates than {@link #maxSteps} if a stop was asked for
   */
  public TrainingProgress<S> run(TrainingProgress<S> from) throws IOException {
    TrainingProgress<S> begun = from;
    if (from.updates() == 0 && config.evaluation().evalOnStart() && !stop.isRequested()) {
      begun = evaluate(from).map(metrics -> learnt(from, metrics)).orElse(from);
    } else if (from.owesEvaluation() && !stop.isRequested()) {
      LOG.info("the evaluation after update {} is made up for", from.updates());
      begun = evaluated(from);
    }
    optimizer.multiplyRates(begun.plateau().factor());
    long started = System.nanoTime();
    MetricMeans losses = new MetricMeans();
    TrainingProgress<S> reached = train(begun, losses);
    int done = reached.updates() - begun.updates();
    if (done > 0) {
      double seconds = secondsSince(started);
      Map<String, Double> summary = new LinkedHashMap<>(losses.take());
      summary.put("train/train_runtime", seconds);
      summary.put("train/train_steps_per_second", done / seconds);
      summary.put("train/train_samples_per_second", done * (double) config.batch() / seconds);
      summary.put(
          "train/train_tokens_per_second", (reached.numTokens() - begun.numTokens()) / seconds);
      sink.scalars(reached.updates(), summary);
    }
    if (stop.isRequested()) {
      LOG.info(
          "asked to stop: the run stands after update {} of {}", reached.updates(), maxSteps());
      if (done > 0 && !savingIsDue(reached)) {
        save(reached);
      }
    }
    return reached;
  }

  /**
   * @param losses of all updates, to be added to
   */
  private TrainingProgress<S> train(TrainingProgress<S> begun, MetricMeans losses)
      throws IOException {
    MetricMeans means = new MetricMeans();
    HeapTrim heap = new HeapTrim();
    TrainingProgress<S> progress = begun;
    double matmulPeak = matmulPeak(begun);
    Pace pace = new Pace(begun.updates(), begun.numTokens(), matmulPeak, System.nanoTime());
    while (!isDone(progress) && !stop.isRequested()) {
      long from = System.nanoTime();
      Update<S> step;
      try {
        step = step(progress, means);
      } catch (RunStoppedException e) {
        LOG.warn("update {} was given up", progress.updates() + 1);
        return progress;
      }
      losses.add(Map.of("train_loss", step.loss()));
      tellSkipped(progress.updates(), step);
      progress = progress.after(step);
      pace.add(step.flops());
      heap.trim();
      means.add(metrics(step, progress, secondsSince(from)));
      if (config.logging().logs(progress.updates(), maxSteps())) {
        log(progress, means, pace);
      }
      if (evaluationIsDue(progress)) {
        progress = evaluated(progress);
      }
      if (savingIsDue(progress)) {
        save(progress);
      }
    }
    if (endsEarly(progress) && progress.updates() > begun.updates()) {
      tellEarlyEnd(progress);
      if (!means.isEmpty()) {
        log(progress, means, pace);
      }
    }
    return progress;
  }

  /** Of the engine, measured where an update is left to be held against it. */
  private double matmulPeak(TrainingProgress<S> begun) {
    if (isDone(begun) || stop.isRequested()) {
      return Double.NaN;
    }
    double found = MatmulPeak.measure(engine, SECONDS_OF_PEAK);
    LOG.info(
        "large matmuls reach {} GFLOP/s here; matmul_peak_share is the share of that",
        String.format(Locale.ROOT, "%.3g", found / 1e9));
    return found;
  }

  private void log(TrainingProgress<S> progress, MetricMeans means, Pace pace) {
    Map<String, Double> line = new LinkedHashMap<>(means.take());
    pace.lap(progress.updates(), progress.numTokens(), maxSteps(), System.nanoTime())
        .forEach((name, value) -> line.put("train/" + name, value));
    sink.scalars(progress.updates(), line);
  }

  /** Whether nothing is left to do: the updates are done, or evaluations have ended them. */
  public boolean isDone(TrainingProgress<S> progress) {
    return progress.updates() >= maxSteps() || endsEarly(progress);
  }

  private boolean endsEarly(TrainingProgress<S> progress) {
    return config.evaluation().earlyStopping().ends(progress.withoutProgress());
  }

  private void tellEarlyEnd(TrainingProgress<S> progress) {
    LOG.info(
        "early stopping: eval/{} has not got better in {} evaluations; the run ends after update {}"
            + " of {}",
        config.saving().best().metric(),
        progress.withoutProgress(),
        progress.updates(),
        maxSteps());
  }

  /** An update; where it ends the run, the log line that was being gathered is not lost. */
  private Update<S> step(TrainingProgress<S> progress, MetricMeans means) {
    try {
      return learner.step(progress.updates(), progress.state(), optimizer);
    } catch (NonFiniteException e) {
      Map<String, Double> gathered = new LinkedHashMap<>(means.take());
      gathered.put("train/skipped_updates", 1.0);
      sink.scalars(progress.updates() + 1, gathered);
      throw e;
    }
  }

  /** The progress after its evaluation, or one that owes it where it was given up. */
  private TrainingProgress<S> evaluated(TrainingProgress<S> progress) throws IOException {
    return evaluate(progress)
        .map(metrics -> compared(learnt(progress, metrics), metrics).owingEvaluation(false))
        .orElse(progress.owingEvaluation(true));
  }

  /** The progress whose learner has heard of its evaluation. */
  private TrainingProgress<S> learnt(TrainingProgress<S> progress, Map<String, Double> evaluation) {
    return progress.withState(learner.evaluated(progress.state(), evaluation));
  }

  /** The progress that knows what its evaluation means: the best so far, or a lower rate. */
  private TrainingProgress<S> compared(
      TrainingProgress<S> progress, Map<String, Double> evaluation) {
    BestModelConfig best = config.saving().best();
    if (!config.comparesEvaluations()) {
      return progress;
    }
    Double value = evaluation.get(best.metric());
    if (value == null) {
      throw new IllegalArgumentException(
          "metric_for_best_model '"
              + best.metric()
              + "' is no metric of this evaluation; it has "
              + String.join(", ", evaluation.keySet()));
    }
    EarlyStopping early = config.evaluation().earlyStopping();
    TrainingProgress<S> counted =
        !early.isOn()
            ? progress
            : progress.withoutProgress(
                early.counted(progress.withoutProgress(), value, progress.best(), best));
    TrainingProgress<S> next =
        best.isBetter(value, progress.best()) ? counted.withBest(value) : counted;
    if (!config.optimizer().followsEvaluations()) {
      return next;
    }
    Plateau plateau = next.plateau().after(value, Plateau.rules(config.optimizer(), peak));
    optimizer.multiplyRates(plateau.factor());
    return next.with(plateau);
  }

  private boolean evaluationIsDue(TrainingProgress<S> progress) {
    int logging = config.logging().every(maxSteps());
    return config
        .evaluation()
        .isDue(progress.updates(), learner.updatesPerEpoch(), maxSteps(), logging);
  }

  private boolean savingIsDue(TrainingProgress<S> progress) {
    int last = isDone(progress) ? progress.updates() : maxSteps();
    return config
        .saving()
        .isDue(progress.updates(), learner.updatesPerEpoch(), last, progress.isBest());
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
          "the checkpoint of step {} was not written into {}, training goes on: {}",
          progress.updates(),
          config.outputDir(),
          IoSentence.of(e));
    } catch (NonFiniteException e) {
      LOG.warn(
          "the checkpoint of step {} was not written, training goes on: {}",
          progress.updates(),
          e.getMessage());
    }
  }

  /** Names without {@code eval/}; nothing where the evaluation was given up. */
  private Optional<Map<String, Double>> evaluate(TrainingProgress<S> progress) throws IOException {
    Map<String, Double> found;
    try {
      found = learner.evaluate(progress.updates(), progress.numTokens());
    } catch (RunStoppedException e) {
      LOG.warn("the evaluation after update {} was given up", progress.updates());
      return Optional.empty();
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    found.forEach((name, value) -> metrics.put("eval/" + name, value));
    sink.scalars(progress.updates(), metrics);
    return Optional.of(found);
  }
}
