package dev.terse.reward.isolate;

import dev.terse.reward.LoggingReward;
import dev.terse.reward.RewardLog;
import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A user's reward that runs in child processes, one for each worker. A child that hangs, dies or
 * runs out of memory is killed and replaced by the next call; the sample fails with {@link
 * RewardFailure}, which {@link dev.terse.reward.Rubric} turns into an absent sample. Safe for many
 * threads: a call waits for a free worker.
 */
public final class IsolatedReward implements LoggingReward {
  private final String name;
  private final String rewardClass;
  private final String classPath;
  private final IsolationLimits limits;
  private final BlockingQueue<Slot> free;
  private final ExecutorService pipes;
  private final AtomicLong starts = new AtomicLong();
  private volatile boolean closed;

  /** A place for a child; empty before the first call and after a failure. */
  private static final class Slot {
    private ChildProcess child;
  }

  /**
   * Starts nothing yet: the first call does.
   *
   * @param name in configuration and metrics
   * @param rewardClass a public class with a public constructor without arguments
   */
  public IsolatedReward(String name, String rewardClass, IsolationLimits limits) {
    this(name, rewardClass, List.of(), limits);
  }

  /**
   * As above.
   *
   * @param moreClassPath where the class is found, if not on this program's class path
   */
  public IsolatedReward(
      String name, String rewardClass, List<String> moreClassPath, IsolationLimits limits) {
    this.name = Objects.requireNonNull(name, "name");
    this.rewardClass = Objects.requireNonNull(rewardClass, "rewardClass");
    this.limits = Objects.requireNonNull(limits, "limits");
    var entries = new ArrayList<String>();
    entries.add(System.getProperty("java.class.path"));
    entries.addAll(moreClassPath);
    classPath = String.join(File.pathSeparator, entries);
    free = new ArrayBlockingQueue<>(limits.workers());
    for (int i = 0; i < limits.workers(); i++) {
      free.add(new Slot());
    }
    pipes =
        Executors.newCachedThreadPool(
            task -> {
              var thread = new Thread(task, "reward-pipe-" + name);
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double of(Sample sample, RewardLog log) {
    if (closed) {
      throw new RewardFailure("reward '" + name + "' is closed");
    }
    Slot slot = take();
    try {
      requireChild(slot);
      var reply = slot.child.score(sample, limits.call());
      log.add(reply.logged());
      return reply.value();
    } finally {
      free.add(slot);
    }
  }

  private Slot take() {
    try {
      return free.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RewardFailure("the caller was interrupted");
    }
  }

  private void requireChild(Slot slot) {
    if (slot.child == null || !slot.child.isAlive()) {
      discard(slot);
      slot.child = ChildProcess.start(rewardClass, classPath, limits, pipes);
      starts.incrementAndGet();
    }
  }

  /** Starts a first child, which makes the reward. */
  @Override
  public void open() {
    Slot slot = take();
    try {
      requireChild(slot);
    } catch (RewardFailure e) {
      throw new IllegalArgumentException(
          "the reward "
              + rewardClass
              + " cannot be used: "
              + e.getMessage()
              + ". It must be a public class on reward_classpath, or on the program's own class"
              + " path, that implements "
              + RewardTerm.class.getName()
              + " and has a public constructor without arguments",
          e);
    } finally {
      free.add(slot);
    }
  }

  /** Child processes started so far; more than the workers means that some were replaced. */
  public long starts() {
    return starts.get();
  }

  /** Kills the children. Calls under way fail. */
  @Override
  public void close() {
    closed = true;
    for (int i = 0; i < limits.workers(); i++) {
      Slot slot = free.poll();
      if (slot != null) {
        discard(slot);
        free.add(slot);
      }
    }
    pipes.shutdownNow();
  }

  private static void discard(Slot slot) {
    if (slot.child != null) {
      slot.child.close();
      slot.child = null;
    }
  }
}
