package dev.terse.trainer.loop;

import dev.terse.engine.Engine;
import dev.terse.model.ModelFolder;
import dev.terse.trainer.checkpoint.CheckpointStore;
import dev.terse.trainer.checkpoint.CheckpointStore.Checkpoint;
import dev.terse.trainer.checkpoint.DataFingerprint;
import dev.terse.trainer.checkpoint.RunFiles;
import dev.terse.trainer.checkpoint.RunLock;
import dev.terse.trainer.checkpoint.RunState;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run from its configuration to the trained model: loads the model, or the checkpoint to go on
 * from, lets a {@link Learner} train it, saves on the way, and leaves the final model in
 * output_dir.
 */
public final class TrainingRun {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

  private final ModelArguments arguments;
  private final TrainingConfig training;
  private final Map<String, String> values;
  private final Engine engine;
  private final MetricSink sink;

  /** Makes the learner of a model; the optimizer is that of what is trained of it. */
  @FunctionalInterface
  public interface Method {
    Learner learner(ModelFolder model, Optimizer optimizer) throws IOException;
  }

  /**
   * @param values every key of the configuration with its value
   */
  public TrainingRun(
      ModelArguments arguments,
      TrainingConfig training,
      Map<String, String> values,
      Engine engine,
      MetricSink sink) {
    this.arguments = arguments;
    this.training = training;
    this.values = values;
    this.engine = engine;
    this.sink = sink;
  }

  /**
   * Trains.
   *
   * @return updates done: fewer than planned if {@code stop} was asked for
   * @throws IllegalArgumentException if a checkpoint was asked for and there is no valid one
   */
  public int run(Method method, StopSignal stop) throws IOException {
    Path output = Path.of(training.outputDir());
    CheckpointStore store = new CheckpointStore(output, training.saving().kept());
    String data = DataFingerprint.of(Path.of(training.datasetName()));
    RunLock lock = RunLock.of(output);
    try {
      return run(method, stop, store, data);
    } finally {
      lock.close();
    }
  }

  private int run(Method method, StopSignal stop, CheckpointStore store, String data)
      throws IOException {
    Path output = Path.of(training.outputDir());
    Optional<Checkpoint> from = checkpoint(store);
    MemoryWatch memory = new MemoryWatch(engine, training.memoryCheck());
    memory.beforeLoading(new WeightsOnly(RunModels.config(arguments), arguments.lora(), training));
    try (ModelFolder model = model(from);
        Optimizer optimizer =
            new Optimizer(
                engine, model.decoder().trained(), training.optimizer(), training.seed());
        Learner learner = method.learner(model, optimizer)) {
      int done = 0;
      if (from.isPresent()) {
        done = resume(from.get().folder(), model, optimizer, learner, data);
      } else {
        sink.hparams(new LinkedHashMap<>(values));
      }
      TrainingLoop.Saver saver =
          step ->
              store.save(
                  step,
                  folder ->
                      write(
                          folder,
                          model,
                          optimizer,
                          learner,
                          state(step, optimizer, learner, data)));
      TrainingLoop loop = new TrainingLoop(training, learner, sink, saver, stop);
      if (done >= loop.maxSteps()) {
        LOG.warn(
            "all {} updates were done before; raise max_steps or num_train_epochs to train on",
            loop.maxSteps());
      }
      learner.workload().ifPresent(memory::beforeTraining);
      int reached = loop.run(done);
      Map<String, Double> peak = new LinkedHashMap<>();
      memory.end().forEach((name, value) -> peak.put("train/" + name, value));
      if (!peak.isEmpty()) {
        sink.scalars(reached, peak);
      }
      if (reached >= loop.maxSteps()) {
        RunFiles.writeModel(output, model);
        LOG.info("the model is in {}", output);
      }
      return reached;
    }
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

  private int resume(
      Path folder, ModelFolder model, Optimizer optimizer, Learner learner, String data)
      throws IOException {
    RunState now = state(0, optimizer, learner, data);
    RunFiles.Resumed resumed = RunFiles.read(folder, model.decoder(), optimizer, now);
    resumed.notes().forEach(LOG::warn);
    learner.resume(resumed.state().numTokens(), RunFiles.stateFolder(folder));
    return resumed.state().step();
  }

  private void write(
      Path folder, ModelFolder model, Optimizer optimizer, Learner learner, RunState state)
      throws IOException {
    if (training.saving().saveOnlyModel()) {
      RunFiles.writeModel(folder, model);
      return;
    }
    RunFiles.write(folder, model, optimizer, state);
    learner.writeState(RunFiles.stateFolder(folder));
  }

  private RunState state(int step, Optimizer optimizer, Learner learner, String data) {
    return new RunState(
        step,
        optimizer.applied(),
        optimizer.skippedInARow(),
        learner.numTokens(),
        data,
        engine.description(),
        values);
  }
}
