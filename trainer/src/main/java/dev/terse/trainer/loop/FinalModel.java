package dev.terse.trainer.loop;

import dev.terse.io.DiskSpace;
import dev.terse.io.IoSentence;
import dev.terse.model.folder.ModelFolder;
import dev.terse.trainer.checkpoint.RunFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the trained model into output_dir. A full disk there must not cost the run: where the last
 * update has a checkpoint, the same command with resume_from_checkpoint writes the model again
 * without training; where it has none, the run waits for room.
 *
 * @param saved whether the last update has a checkpoint
 * @param patience how long it waits for room
 */
record FinalModel(
    Path output, boolean saved, StopSignal stop, Duration patience, Duration between) {
  private static final Logger LOG = LoggerFactory.getLogger(FinalModel.class);

  FinalModel(Path output, boolean saved, StopSignal stop) {
    this(output, saved, stop, Duration.ofMinutes(30), Duration.ofSeconds(2));
  }

  /** What puts it there. */
  private interface Work {
    void run() throws IOException;
  }

  /**
   * Writes it.
   *
   * @throws IOException if that cannot be done, with what to do
   */
  void write(ModelFolder model) throws IOException {
    insist(RunFiles.modelBytes(model), () -> RunFiles.writeModel(output, model));
  }

  /**
   * Copies it from a checkpoint.
   *
   * @param model of the same size
   * @throws IOException if that cannot be done, with what to do
   */
  void copy(Path checkpoint, ModelFolder model) throws IOException {
    insist(RunFiles.modelBytes(model), () -> RunFiles.publishModel(checkpoint, output));
  }

  private void insist(long bytes, Work work) throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    boolean told = false;
    while (true) {
      try {
        DiskSpace.require(output, bytes);
        work.run();
        return;
      } catch (IOException | UncheckedIOException e) {
        String reason = IoSentence.of(e);
        if (saved) {
          throw new IOException(
              "the model was not written into "
                  + output
                  + ": "
                  + reason
                  + ". All updates are done and saved: make room and give the same command with"
                  + " --resume_from_checkpoint true, which writes the model without training",
              e);
        }
        if (!told) {
          LOG.warn(
              "the model is not yet written: {}. It stands in no checkpoint, so the run waits for"
                  + " room and tries again, {} minutes at most",
              reason,
              patience.toMinutes());
          told = true;
        }
        stop.sleep(between);
        if (stop.isRequested() || System.nanoTime() >= end) {
          throw new IOException("the model was not written into " + output + ": " + reason, e);
        }
      }
    }
  }
}
