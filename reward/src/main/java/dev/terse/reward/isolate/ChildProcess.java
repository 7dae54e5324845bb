package dev.terse.reward.isolate;

import dev.terse.reward.Sample;
import dev.terse.reward.Score;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One child process with its pipes. Not safe for two threads at a time; {@link IsolatedReward}
 * lends it to one. After any failure it is dead and must be replaced.
 */
final class ChildProcess implements AutoCloseable {
  /** Threads of the user's reward may be many; their stacks must stay small. */
  private static final String STACK = "-Xss1m";

  private final ProcessFamily family;
  private final Process process;
  private final DataOutputStream requests;
  private final DataInputStream replies;
  private final ExecutorService pipes;
  private long calls;

  private ChildProcess(ProcessFamily family, ExecutorService pipes) {
    this.family = family;
    this.process = family.head();
    this.pipes = pipes;
    requests = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
    replies = new DataInputStream(new BufferedInputStream(process.getInputStream()));
  }

  /**
   * Starts a child and waits until it is ready.
   *
   * @param pipes runs the blocking reads, so that the caller can stop waiting
   * @throws RewardFailure if it cannot start or the reward cannot be made
   */
  static ChildProcess start(
      String rewardClass, String classPath, IsolationLimits limits, ExecutorService pipes) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command =
        List.of(
            java,
            "-Xmx" + limits.heapMegabytes() + "m",
            STACK,
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            RewardChild.class.getName(),
            rewardClass);
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    // Options meant for the trainer's JVM would give the child another heap.
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    try {
      var child = new ChildProcess(ProcessFamily.start(builder), pipes);
      try {
        child.awaitReady(limits.start());
        return child;
      } catch (RewardFailure e) {
        child.close();
        throw e;
      }
    } catch (IOException e) {
      throw new RewardFailure("no child process could be started: " + e.getMessage());
    }
  }

  /** The value of a sample, and what else the reward said of it. */
  record Reply(double value, Score.Logged logged) {}

  /**
   * The reward of one sample.
   *
   * @throws RewardFailure if the reward threw, the child died or took too long
   */
  Reply score(Sample sample, Duration limit) {
    long call = ++calls;
    // Writing may block too: a child that hangs does not read.
    var reply =
        pipes.submit(
            () -> {
              Frames.writeRequest(requests, call, sample);
              return readReply(call);
            });
    return within(reply, limit, "took too long");
  }

  private void awaitReady(Duration limit) {
    within(pipes.submit(() -> readReply(Frames.READY)), limit, "did not start");
  }

  private Reply readReply(long call) throws IOException {
    long answered = replies.readLong();
    if (answered != call) {
      throw new IOException("a reply to call " + answered + " where " + call + " was asked");
    }
    if (replies.readByte() != 0) {
      return new Reply(replies.readDouble(), Frames.readLogged(replies));
    }
    throw new RewardFailure(Frames.readText(replies, Frames.MAX_REASON_BYTES));
  }

  private <T> T within(Future<T> task, Duration limit, String late) {
    try {
      return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      close();
      throw new RewardFailure("the reward " + late + " (limit " + limit.toMillis() + " ms)");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RewardFailure failure) {
        throw failure; // the reward threw; the child is well
      }
      String exit = exitCode();
      close();
      throw new RewardFailure("the child process ended" + exit + ": " + e.getCause());
    } catch (CancellationException e) {
      close();
      throw new RewardFailure("the call was cancelled");
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new RewardFailure("the caller was interrupted");
    }
  }

  private String exitCode() {
    try {
      return process.waitFor(200, TimeUnit.MILLISECONDS) ? " with code " + process.exitValue() : "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Kills the child and everything that it started, also if it has ended itself; its pipes end, and
   * so do their readers.
   */
  @Override
  public void close() {
    family.kill();
    try {
      process.getInputStream().close();
      process.getOutputStream().close();
    } catch (IOException e) {
      // the pipe of a dead process
    }
  }
}
