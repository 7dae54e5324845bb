package dev.terse.trainer.loop;

import dev.terse.engine.Engine;
import dev.terse.model.ModelFolder;
import dev.terse.trainer.checkpoint.CheckpointStore;
import dev.terse.trainer.checkpoint.CheckpointStore.Checkpoint;
import dev.terse.trainer.config.ModelArguments;
import dev.terse.trainer.config.TrainingConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a run starts from: its model, or the checkpoint that an earlier run of it left. */
public record TrainingRun(ModelFolder model, Optional<Checkpoint> resumed)
    implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

  /**
   * Finds the checkpoint to go on from (TRL: resume_from_checkpoint) and loads its model, or the
   * configured one.
   *
   * @throws IllegalArgumentException if a checkpoint was asked for and there is no valid one
   */
  public static TrainingRun open(
      ModelArguments arguments, TrainingConfig training, CheckpointStore store, Engine engine)
      throws IOException {
    Optional<Checkpoint> resumed = find(training, store);
    if (resumed.isPresent()) {
      LOG.info("going on from {}", resumed.get().folder());
      return new TrainingRun(ModelFolder.load(resumed.get().folder(), engine), resumed);
    }
    return new TrainingRun(RunModels.open(arguments, engine, training.seed()), resumed);
  }

  private static Optional<Checkpoint> find(TrainingConfig training, CheckpointStore store)
      throws IOException {
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

  @Override
  public void close() {
    model.close();
  }
}
