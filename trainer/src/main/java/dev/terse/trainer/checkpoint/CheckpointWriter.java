package dev.terse.trainer.checkpoint;

import dev.terse.io.DiskSpace;
import dev.terse.io.Folders;
import dev.terse.trainer.checkpoint.CheckpointStore.Checkpoint;
import dev.terse.trainer.checkpoint.CheckpointStore.Named;
import dev.terse.trainer.checkpoint.Manifest.Whole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves the checkpoints of one run and retires its old ones. A checkpoint is written aside, synced,
 * sealed by its {@link Manifest} and renamed, so it is seen whole or not at all. What another run
 * has written is never touched, nor is a later step than the one that was saved last.
 */
public final class CheckpointWriter {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);

  private final CheckpointStore store;
  private final Staging staging;
  private final String run;
  private final int retained;
  private int newest = -1;

  /** Fills a folder with the files of a checkpoint. */
  @FunctionalInterface
  public interface Content {
    void writeTo(Path folder) throws IOException;
  }

  /**
   * @param root output_dir
   * @param run whose checkpoints are written
   * @param retained newest checkpoints that stay; at least 2, so that a damaged newest one does not
   *     cost the run
   */
  public CheckpointWriter(Path root, String run, int retained) {
    if (retained < 2) {
      throw new IllegalArgumentException("at least 2 checkpoints are kept, not " + retained);
    }
    this.store = new CheckpointStore(root);
    this.staging = new Staging(root);
    this.run = run;
    this.retained = retained;
  }

  /** The step that was saved last by this writer, or -1. */
  public int newest() {
    return newest;
  }

  /**
   * Publishes a checkpoint, then deletes those that are not retained. Old ones that cannot be
   * deleted are told of in the log; the new one stands.
   *
   * @param bytes that the files will take, about
   * @param best step of a checkpoint that is retained beside the newest
   * @throws IOException if it was not written; older ones stand
   */
  public void save(int step, long bytes, Content content, OptionalInt best) throws IOException {
    Path root = Files.createDirectories(store.root());
    staging.clear();
    DiskSpace.require(root, bytes);
    Path checkpoint = root.resolve("checkpoint-" + step);
    Path folder = staging.begin("checkpoint-" + step);
    try {
      content.writeTo(folder);
      Files.writeString(folder.resolve(Manifest.NAME), Manifest.of(folder, step, run));
      replace(folder, checkpoint);
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      staging.delete(folder);
    }
    newest = step;
    retain(best);
  }

  /** This run's checkpoint of a step, if it is there and whole. */
  public Optional<Checkpoint> at(int step) throws IOException {
    Path folder = store.root().resolve("checkpoint-" + step);
    return Files.isDirectory(folder)
            && Manifest.check(folder, step) instanceof Whole whole
            && whole.run().equals(run)
        ? Optional.of(new Checkpoint(step, folder, run))
        : Optional.empty();
  }

  /** A resumed run passes a step again, of which it found a damaged checkpoint or none. */
  private void replace(Path folder, Path checkpoint) throws IOException {
    if (Files.exists(checkpoint)) {
      Path old = staging.retire(checkpoint);
      staging.publish(folder, checkpoint);
      staging.delete(old);
    } else {
      staging.publish(folder, checkpoint);
    }
  }

  /** Counts valid checkpoints only, so that damaged ones never push out a good one. */
  private void retain(OptionalInt best) {
    int valid = 0;
    for (Named checkpoint : ofThisRun()) {
      if (valid >= retained && best.equals(OptionalInt.of(checkpoint.step()))) {
        continue;
      }
      try {
        if (valid >= retained) {
          staging.delete(staging.retire(checkpoint.folder()));
          Folders.sync(store.root());
        } else if (Manifest.check(checkpoint.folder(), checkpoint.step()) instanceof Whole) {
          valid++;
        }
      } catch (IOException e) {
        LOG.warn(
            "the checkpoint of step {} stands, but the old {} could not be deleted: {}",
            newest,
            checkpoint.folder(),
            e.toString());
      }
    }
  }

  /** Checkpoints that this run wrote on its way to the newest, the newest first. */
  private List<Named> ofThisRun() {
    try {
      return store.newestFirst().stream()
          .filter(checkpoint -> checkpoint.step() <= newest)
          .filter(checkpoint -> Manifest.run(checkpoint.folder()).filter(run::equals).isPresent())
          .toList();
    } catch (IOException e) {
      LOG.warn("old checkpoints in {} are not deleted: {}", store.root(), e.toString());
      return List.of();
    }
  }
}
