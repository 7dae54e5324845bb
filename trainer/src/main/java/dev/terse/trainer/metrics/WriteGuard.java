package dev.terse.trainer.metrics;

import dev.terse.io.IoSentence;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets writes fail without harm: the first failure is told in one sentence, later ones are silent,
 * and each write is tried anew, because a full disk may have room again.
 */
final class WriteGuard {
  private static final Logger LOG = LoggerFactory.getLogger(WriteGuard.class);

  private final Path file;
  private boolean told;

  WriteGuard(Path file) {
    this.file = file;
  }

  void attempt(Write write) {
    try {
      write.run();
    } catch (IOException e) {
      if (!told) {
        told = true;
        LOG.warn(
            "metrics are being lost, training goes on: cannot write {}: {}",
            file,
            IoSentence.of(e));
      }
    }
  }

  /** An attempt to put something on file. */
  interface Write {
    void run() throws IOException;
  }
}
