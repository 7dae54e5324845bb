package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.trainer.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command in a process of its own, which a test ends when it likes. */
final class CommandProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 600;

  private final Process process;
  private final Path log;

  private CommandProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a command.
   *
   * @param log what it prints is appended to
   * @param wrapper a program and its arguments that starts it, or nothing
   * @param jvm options of the JVM beside a heap of 256 MB
   */
  static CommandProcess start(
      Path log, List<String> wrapper, List<String> jvm, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(wrapper);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.addAll(jvm);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new CommandProcess(process, log);
  }

  static CommandProcess start(Path log, List<String> arguments) throws IOException {
    return start(log, List.of(), List.of("-XX:TieredStopAtLevel=1"), arguments);
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for the end and returns the exit code. */
  int code() throws InterruptedException, IOException {
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(printed()).isTrue();
    return process.exitValue();
  }

  /** Waits for the end, which must be a good one. */
  void done() throws InterruptedException, IOException {
    assertThat(code()).as(printed()).isZero();
  }

  /** Lives on for some milliseconds at most; whether it still lived then. */
  boolean livesFor(long millis) throws InterruptedException {
    return !process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /** Asks it to end (SIGTERM). */
  void terminate() {
    process.destroy();
  }

  /** Ends it at once (SIGKILL). */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Waits until a file or folder is there, while the process lives. */
  void await(Path file) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.exists(file)) {
      assertThat(process.isAlive() || Files.exists(file)).as(printed()).isTrue();
      assertThat(System.nanoTime()).as("no " + file + "\n" + printed()).isLessThan(deadline);
      Thread.sleep(10);
    }
  }

  /** All that was printed to the log so far. */
  String printed() throws IOException {
    return Files.exists(log) ? Files.readString(log) : "";
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
