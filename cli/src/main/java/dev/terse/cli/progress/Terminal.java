package dev.terse.cli.progress;

import dev.terse.trainer.metrics.Phases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the process prints to. */
public final class Terminal {
  private static final Path STDERR = Path.of("/proc/self/fd/2");

  private Terminal() {}

  /** Bars where standard error is a terminal, plain lines where it is a file or a pipe. */
  public static Phases phases() {
    return stderrIsTerminal() ? new BarPhases() : new LinePhases(System.err);
  }

  private static boolean stderrIsTerminal() {
    if (!Files.exists(STDERR)) {
      return System.console() != null;
    }
    try {
      String target = STDERR.toRealPath().toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException e) {
      return false; // a pipe or socket has no path
    }
  }
}
