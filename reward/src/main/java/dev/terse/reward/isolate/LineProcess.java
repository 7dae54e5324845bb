package dev.terse.reward.isolate;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that answers each line of its input with one line. What it writes to its error stream
 * is kept for messages, the end of it. Not safe for two threads at a time.
 */
final class LineProcess implements AutoCloseable {
  /** Longest reply: rewards and columns of some thousand completions. */
  private static final int MAX_LINE_CHARS = 64 << 20;

  private static final int KEPT_CHARS = 2000;

  private final ProcessFamily family;
  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader replies;
  private final ExecutorService pipes;
  private final StringBuffer errors = new StringBuffer();
  private final Future<Void> errorsRead;

  /** The process is gone, or its answer cannot be read. */
  static final class Ended extends Exception {
    private static final long serialVersionUID = 1;

    Ended(String message) {
      super(message, null, false, false);
    }
  }

  private LineProcess(ProcessFamily family) {
    this.family = family;
    this.process = family.head();
    requests = process.outputWriter(StandardCharsets.UTF_8);
    replies = process.inputReader(StandardCharsets.UTF_8);
    pipes =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "reward-command");
              thread.setDaemon(true);
              return thread;
            });
    errorsRead = pipes.submit(this::keepErrors);
  }

  static LineProcess start(List<String> command) throws IOException {
    return new LineProcess(ProcessFamily.start(new ProcessBuilder(command)));
  }

  private Void keepErrors() throws IOException {
    try (var in = new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8)) {
      char[] chunk = new char[4096];
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        errors.append(chunk, 0, n);
        errors.delete(0, Math.max(0, errors.length() - KEPT_CHARS));
      }
    }
    return null;
  }

  /**
   * The answer to a line.
   *
   * @throws Ended if the process is gone
   * @throws RewardFailure if it took longer than {@code limit}; the process is killed
   */
  String ask(String line, Duration limit) throws Ended {
    // Writing may block too: a process that hangs does not read.
    Future<String> reply =
        pipes.submit(
            () -> {
              requests.write(line);
              requests.write('\n');
              requests.flush();
              return readLine();
            });
    try {
      String answer = reply.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      if (answer == null) {
        throw new Ended("the command ended" + exitCode() + ": " + lastWords());
      }
      return answer;
    } catch (TimeoutException e) {
      close();
      throw new RewardFailure("the command took too long (limit " + limit.toMillis() + " ms)");
    } catch (ExecutionException e) {
      throw new Ended("the command ended" + exitCode() + ": " + lastWords());
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new RewardFailure("the caller was interrupted");
    }
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = replies.read(); c >= 0; c = replies.read()) {
      if (c == '\n') {
        return line.toString();
      }
      if (line.length() == MAX_LINE_CHARS) {
        throw new IOException("a line of more than " + MAX_LINE_CHARS + " characters");
      }
      line.append((char) c);
    }
    return null;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Whether it ends within {@code time}, which it is waited for. */
  boolean diesWithin(Duration time) {
    try {
      return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return !process.isAlive();
    }
  }

  private String exitCode() {
    return diesWithin(Duration.ofMillis(200)) ? " with code " + process.exitValue() : "";
  }

  /** The end of what it wrote to its error stream. */
  String lastWords() {
    if (!process.isAlive()) {
      awaitErrors();
    }
    String text = errors.toString().strip();
    return text.isEmpty() ? "it wrote nothing to its error stream" : text;
  }

  /** The reader of a dead process's pipe may be a little behind. */
  private void awaitErrors() {
    try {
      errorsRead.get(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // what was read until then is all there is
    }
  }

  /** Kills it and everything that it started. */
  @Override
  public void close() {
    family.kill();
    pipes.shutdownNow();
  }
}
