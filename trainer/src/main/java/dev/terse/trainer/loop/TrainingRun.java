package dev.terse.trainer.loop;

import dev.terse.engine.Engine;
import dev.terse.io.DataFingerprint;
import dev.terse.model.folder.ModelFolder;
import dev.terse.trainer.checkpoint.BestModel;
import dev.terse.trainer.checkpoint.CheckpointStore.Checkpoint;
import dev.terse.trainer.checkpoint.CheckpointWriter;
import dev.terse.trainer.checkpoint.RunFiles;
import dev.terse.trainer.checkpoint.RunFolder;
import dev.terse.trainer.checkpoint.RunState;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.memory.MemoryWatch;
import dev.terse.trainer.metrics.MetricSink;
import dev.terse.trainer.model.ModelArguments;
import dev.terse.trainer.model.RunModels;
import dev.terse.trainer.optim.Optimizer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run from its configuration to the trained model: claims the output folder, loads the model, or
 * the checkpoint to go on from, lets a {@link Learner} train it, saves on the way, and leaves the
 * final model in output_dir.
 */
public final class TrainingRun {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

  private final RunConfig config;
  private final ModelArguments arguments;
  private final TrainingConfig training;
  private final Map<String, String> values;
  private final Engine engine;
  private final MetricSink sink;

  /** A kind of training, before it has a model. */
  @FunctionalInterface
  public interface Method<S> {

    /** Makes ready what needs no model, once the output folder is the run's. */
    default void open() {}

    /** Makes the learner of a model. */
    Learner<S> learner(ModelFolder model) throws IOException;
  }

  public TrainingRun(Loaded<? extends RunConfig> loaded, Engine engine, MetricSink sink) {
    this.config = loaded.config();
    this.arguments = config.model();
    this.training = config.training();
    this.values = loaded.values();
    this.engine = engine;
    this.sink = sink;
  }

  /**
   * Trains.
   *
   * @return updates done: fewer than planned if {@code stop} was asked for
   * @throws IllegalArgumentException if the output folder is another run's, or if a checkpoint was
   *     asked for and there is no valid one
   */
  public <S> int run(Method<S> method, StopSignal stop) throws IOException {
    try (RunFolder folder = RunFolder.claim(output(), training.saving(), config.inputs())) {
      method.open();
      Map<String, String> fingerprints = new LinkedHashMap<>();
      if (config.readsStartAgain()) {
        fingerprints.put("the model of model_name_or_path", RunModels.fingerprint(arguments));
      }
      Identity identity =
          new Identity(
              DataFingerprint.of(training.trainFiles()), fingerprints, started(folder.from()));
      return run(method, stop, folder, identity);
    }
  }

  /** What a run reads: CRC32C of the training file, and of what else decides its numbers. */
  private record Identity(String data, Map<String, String> fingerprints, LocalDateTime started) {}

  private <S> int run(Method<S> method, StopSignal stop, RunFolder folder, Identity identity)
      throws IOException {
    tellProcesses();
    Optional<Checkpoint> from = folder.from();
    MemoryWatch memory = new MemoryWatch(engine, training.memoryCheck());
    memory.beforeLoading(new WeightsOnly(RunModels.config(arguments), config));
    try (ModelFolder model = model(from, identity.started());
        Learner<S> learner = method.learner(model);
        Optimizer optimizer =
            new Optimizer(
                engine, model.decoder().trained(), training.optimizer(), training.seed())) {
      identity.fingerprints().putAll(learner.fingerprints());
      TrainingProgress<S> begun = begin(from, model, optimizer, learner, identity);
      RunFiles.requireUsable(model, what(from));
      CheckpointWriter writer = folder.writer();
      TrainingLoop.Saver<S> saver =
          progress ->
              writer.save(
                  progress.updates(),
                  RunFiles.bytes(model, optimizer, !training.saving().saveOnlyModel()),
                  target -> {
                    if (training.saving().saveOnlyModel()) {
                      RunFiles.writeModel(target, model);
                    } else {
                      RunState state = state(progress, optimizer, identity);
                      RunFiles.write(target, model, optimizer, state);
                      learner.write(progress.state(), RunFiles.stateFolder(target));
                    }
                  },
                  progress
                      .best()
                      .map(best -> OptionalInt.of(best.step()))
                      .orElse(OptionalInt.empty()));
      TrainingLoop<S> loop =
          new TrainingLoop<>(
              training, config.learningRate(), engine, learner, optimizer, sink, saver, stop);
      if (loop.isDone(begun) && begun.updates() < loop.maxSteps()) {
        LOG.warn(
            "early stopping had ended the run after update {}; raise early_stopping_patience to train"
                + " on",
            begun.updates());
      } else if (begun.updates() >= loop.maxSteps()) {
        LOG.warn(
            "all {} updates were done before; raise max_steps or num_train_epochs to train on",
            loop.maxSteps());
      }
      memory.beforeTraining(learner.workload());
      if (stop.isRequested()) {
        return begun.updates();
      }
      stop.hold();
      folder.begin();
      sink.begin(begun.updates());
      if (from.isEmpty()) {
        sink.hparams(new LinkedHashMap<>(values));
      }
      TrainingProgress<S> reached = loop.run(begun);
      tellPeak(reached.updates(), memory);
      if (loop.isDone(reached)) {
        int newest = Math.max(writer.newest(), from.map(Checkpoint::step).orElse(-1));
        publish(
            reached, model, writer, new FinalModel(output(), newest >= reached.updates(), stop));
      }
      return reached.updates();
    }
  }

  private Path output() {
    return Path.of(training.outputDir());
  }

  /** Leaves the last model in output_dir, or the best. */
  private void publish(
      TrainingProgress<?> reached, ModelFolder model, CheckpointWriter writer, FinalModel target)
      throws IOException {
    if (!training.saving().best().loadBestModelAtEnd() || reached.best().isEmpty()) {
      target.write(model);
      LOG.info("the model is in {}", output());
      return;
    }
    BestModel best = reached.best().get();
    Optional<Checkpoint> saved = writer.at(best.step());
    String what = training.saving().best().metric() + " " + best.value();
    if (best.step() == reached.updates()) {
      target.write(model);
      LOG.info("the model is in {}; it is the last and the best, {}", output(), what);
    } else if (saved.isPresent()) {
      target.copy(saved.get().folder(), model);
      LOG.info("the model is in {}; it is the best, of step {}: {}", output(), best.step(), what);
    } else {
      target.write(model);
      LOG.warn(
          "the model is in {}; it is the last: the checkpoint of the best, of step {} ({}), is not"
              + " there or damaged",
          output(),
          best.step(),
          what);
    }
  }

  private void tellProcesses() {
    if (training.numProcesses() > 1) {
      LOG.info(
          "num_processes {}: this process computes the micro-batches of all, {} an update",
          training.numProcesses(),
          training.microBatches());
    }
  }

  private void tellPeak(int step, MemoryWatch memory) {
    Map<String, Double> peak = new LinkedHashMap<>();
    memory.end().forEach((name, value) -> peak.put("train/" + name, value));
    if (!peak.isEmpty()) {
      sink.scalars(step, peak);
    }
  }

  /** Name of what is trained on, for people. */
  private String what(Optional<Checkpoint> from) {
    return from.map(checkpoint -> checkpoint.folder().toString())
        .orElse(String.valueOf(arguments.modelNameOrPath()));
  }

  /** When the run began, in its first process: the date of its chat template. */
  private static LocalDateTime started(Optional<Checkpoint> from) throws IOException {
    LocalDateTime now = LocalDateTime.now().truncatedTo(ChronoUnit.SECONDS);
    return from.isEmpty() ? now : RunFiles.started(from.get().folder()).orElse(now);
  }

  /** A checkpoint of adapters holds no base model: that one is opened as at the start. */
  private ModelFolder model(Optional<Checkpoint> from, LocalDateTime started) {
    from.ifPresent(checkpoint -> LOG.info("going on from {}", checkpoint.folder()));
    ModelFolder opened =
        from.isEmpty() || arguments.lora().usePeft()
            ? RunModels.open(arguments, engine, training.seed(), config.learnsTurns())
            : ModelFolder.load(from.get().folder(), engine);
    ModelFolder model = RunModels.complete(arguments, opened, started);
    model
        .decoder()
        .adapters()
        .ifPresent(
            adapters ->
                LOG.info(
                    "adapters of {}: {} numbers are trained, {} are frozen",
                    adapters.settings().describe(),
                    adapters.trained().size(),
                    model.decoder().weights().size()));
    return model;
  }

  /** The start of the run, or of what a checkpoint leaves of it. */
  private <S> TrainingProgress<S> begin(
      Optional<Checkpoint> from,
      ModelFolder model,
      Optimizer optimizer,
      Learner<S> learner,
      Identity identity)
      throws IOException {
    TrainingProgress<S> start = TrainingProgress.start(learner.start());
    if (from.isEmpty()) {
      return start;
    }
    Path folder = from.get().folder();
    RunState now = state(start, optimizer, identity);
    RunFiles.Resumed resumed =
        RunFiles.read(folder, model.decoder(), optimizer, now, training.saving().resumeAnyway());
    resumed.notes().forEach(LOG::warn);
    int done = resumed.state().step();
    S state = learner.read(done, RunFiles.stateFolder(folder));
    return new TrainingProgress<>(
        done,
        resumed.state().numTokens(),
        state,
        resumed.state().best(),
        resumed.state().plateau(),
        resumed.state().withoutProgress(),
        resumed.state().owesEvaluation());
  }

  private RunState state(TrainingProgress<?> progress, Optimizer optimizer, Identity identity) {
    return new RunState(
        progress.updates(),
        optimizer.applied(),
        optimizer.skippedInARow(),
        progress.numTokens(),
        identity.data(),
        identity.fingerprints(),
        engine.description(),
        identity.started().toString(),
        values,
        progress.best(),
        progress.plateau(),
        progress.withoutProgress(),
        progress.owesEvaluation());
  }
}
