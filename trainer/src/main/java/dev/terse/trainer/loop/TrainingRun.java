package dev.terse.trainer.loop;

import dev.terse.engine.Engine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.trainer.checkpoint.BestModel;
import dev.terse.trainer.checkpoint.CheckpointStore;
import dev.terse.trainer.checkpoint.CheckpointStore.Checkpoint;
import dev.terse.trainer.checkpoint.DataFingerprint;
import dev.terse.trainer.checkpoint.RunFiles;
import dev.terse.trainer.checkpoint.RunLock;
import dev.terse.trainer.checkpoint.RunState;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.memory.MemoryWatch;
import dev.terse.trainer.metrics.MetricSink;
import dev.terse.trainer.model.ModelArguments;
import dev.terse.trainer.model.RunModels;
import dev.terse.trainer.optim.Optimizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run from its configuration to the trained model: loads the model, or the checkpoint to go on
 * from, lets a {@link Learner} train it, saves on the way, and leaves the final model in
 * output_dir.
 */
public final class TrainingRun {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

  private final RunConfig config;
  private final ModelArguments arguments;
  private final TrainingConfig training;
  private final Map<String, String> values;
  private final Engine engine;
  private final MetricSink sink;

  /** Makes the learner of a model. */
  @FunctionalInterface
  public interface Method<S> {
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
   * @throws IllegalArgumentException if a checkpoint was asked for and there is no valid one
   */
  public <S> int run(Method<S> method, StopSignal stop) throws IOException {
    Path output = Path.of(training.outputDir());
    CheckpointStore store = new CheckpointStore(output, training.saving().retained());
    String data = DataFingerprint.of(Path.of(training.datasetName()));
    RunLock lock = RunLock.of(output);
    try {
      return run(method, stop, store, data);
    } finally {
      lock.close();
    }
  }

  private <S> int run(Method<S> method, StopSignal stop, CheckpointStore store, String data)
      throws IOException {
    tellProcesses();
    Optional<Checkpoint> from = checkpoint(store);
    MemoryWatch memory = new MemoryWatch(engine, training.memoryCheck());
    memory.beforeLoading(new WeightsOnly(RunModels.config(arguments), config));
    try (ModelFolder model = model(from);
        Learner<S> learner = method.learner(model);
        Optimizer optimizer =
            new Optimizer(
                engine, model.decoder().trained(), training.optimizer(), training.seed())) {
      RunFiles.requireUsable(model, what(from));
      TrainingProgress<S> begun = begin(from, model, optimizer, learner, data);
      TrainingLoop.Saver<S> saver =
          progress ->
              store.save(
                  progress.updates(),
                  folder -> {
                    if (training.saving().saveOnlyModel()) {
                      RunFiles.writeModel(folder, model);
                    } else {
                      RunFiles.write(folder, model, optimizer, state(progress, optimizer, data));
                      learner.write(progress.state(), RunFiles.stateFolder(folder));
                    }
                  },
                  progress
                      .best()
                      .map(best -> OptionalInt.of(best.step()))
                      .orElse(OptionalInt.empty()));
      TrainingLoop<S> loop = new TrainingLoop<>(training, learner, optimizer, sink, saver, stop);
      if (begun.updates() >= loop.maxSteps()) {
        LOG.warn(
            "all {} updates were done before; raise max_steps or num_train_epochs to train on",
            loop.maxSteps());
      }
      memory.beforeTraining(learner.workload());
      TrainingProgress<S> reached = loop.run(begun);
      tellPeak(reached.updates(), memory);
      if (reached.updates() >= loop.maxSteps()) {
        publish(reached, model, store);
      }
      return reached.updates();
    }
  }

  /** Leaves the last model in output_dir, or the best. */
  private void publish(TrainingProgress<?> reached, ModelFolder model, CheckpointStore store)
      throws IOException {
    Path output = Path.of(training.outputDir());
    if (!training.saving().best().loadBestModelAtEnd() || reached.best().isEmpty()) {
      RunFiles.writeModel(output, model);
      LOG.info("the model is in {}", output);
      return;
    }
    BestModel best = reached.best().get();
    Optional<Checkpoint> saved = store.at(best.step());
    String what = training.saving().best().metric() + " " + best.value();
    if (best.step() == reached.updates()) {
      RunFiles.writeModel(output, model);
      LOG.info("the model is in {}; it is the last and the best, {}", output, what);
    } else if (saved.isPresent()) {
      RunFiles.publishModel(saved.get().folder(), output);
      LOG.info("the model is in {}; it is the best, of step {}: {}", output, best.step(), what);
    } else {
      RunFiles.writeModel(output, model);
      LOG.warn(
          "the model is in {}; it is the last: the checkpoint of the best, of step {} ({}), is not"
              + " there or damaged",
          output,
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

  private Optional<Checkpoint> checkpoint(CheckpointStore store) throws IOException {
    String wanted = training.saving().resumeFromCheckpoint();
    if (wanted == null || wanted.equalsIgnoreCase("false")) {
      return Optional.empty();
    }
    if (!wanted.equalsIgnoreCase("true")) {
      return Optional.of(CheckpointStore.open(Path.of(wanted)));
    }
    Optional<Checkpoint> newest = store.newestValid();
    if (newest.isEmpty()) {
      throw new IllegalArgumentException(
          "resume_from_checkpoint is true, but "
              + training.outputDir()
              + " holds no valid checkpoint; leave the key out to start anew");
    }
    return newest;
  }

  /** A checkpoint of adapters holds no base model: that one is opened as at the start. */
  private ModelFolder model(Optional<Checkpoint> from) {
    from.ifPresent(checkpoint -> LOG.info("going on from {}", checkpoint.folder()));
    ModelFolder model =
        from.isEmpty() || arguments.lora().usePeft()
            ? RunModels.open(arguments, engine, training.seed())
            : ModelFolder.load(from.get().folder(), engine);
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
      String data)
      throws IOException {
    TrainingProgress<S> start = new TrainingProgress<>(0, 0, learner.start(), Optional.empty());
    if (from.isEmpty()) {
      sink.hparams(new LinkedHashMap<>(values));
      return start;
    }
    Path folder = from.get().folder();
    RunState now = state(start, optimizer, data);
    RunFiles.Resumed resumed = RunFiles.read(folder, model.decoder(), optimizer, now);
    resumed.notes().forEach(LOG::warn);
    int done = resumed.state().step();
    S state = learner.read(done, RunFiles.stateFolder(folder));
    return new TrainingProgress<>(done, resumed.state().numTokens(), state, resumed.state().best());
  }

  private RunState state(TrainingProgress<?> progress, Optimizer optimizer, String data) {
    return new RunState(
        progress.updates(),
        optimizer.applied(),
        optimizer.skippedInARow(),
        progress.numTokens(),
        data,
        engine.description(),
        values,
        progress.best());
  }
}
