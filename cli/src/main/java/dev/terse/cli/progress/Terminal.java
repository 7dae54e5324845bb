package dev.terse.cli.progress;

import dev.terse.trainer.metrics.Phases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the process prints to. */
public final class Terminal {
  private static final Path STDOUT = Path.of("/proc/self/fd/1");
  private static final Path STDERR = Path.of("/proc/self/fd/2");

  private Terminal() {}

  /** Bars where standard error is a terminal, plain lines where it is a file or a pipe. */
  public static Phases phases() {
    return isTerminal(STDERR) ? new BarPhases() : new LinePhases(System.err);
  }

  /** Whether colours can be seen: a terminal, and nobody has set NO_COLOR (no-color.org). */
  public static boolean showsColours() {
    String none = System.getenv("NO_COLOR");
    return (none == null || none.isEmpty()) && isTerminal(STDOUT);
  }

  private static boolean isTerminal(Path stream) {
    if (!Files.exists(stream)) {
      return System.console() != null;
    }
    try {
      String target = stream.toRealPath().toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException e) {
      return false; // a pipe or socket has no path
    }
  }
}
