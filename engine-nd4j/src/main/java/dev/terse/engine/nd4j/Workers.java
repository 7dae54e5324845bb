package dev.terse.engine.nd4j;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A fixed crew of threads; the caller is its first member. Work is split by a rule that looks at
 * sizes only, never at who is free, so sums come out with the same bits in every run.
 */
final class Workers implements AutoCloseable {

  /** One member's share: a range of rows. */
  @FunctionalInterface
  interface Share {
    void run(int worker, int from, int to);
  }

  /** What one member does. */
  @FunctionalInterface
  interface Part {
    void run(int worker);
  }

  /**
   * How long a thread looks for work or for an end before it sleeps: longer than the pause between
   * two calls of a step. Waking up a sleeping thread takes about 50 us, as long as a small product.
   */
  private static final long SPIN_NANOS = 100_000;

  /** Looks between two looks at the clock. */
  private static final int LOOKS = 64;

  private final Member[] members;
  private final Runnable onThreadStart;
  private Thread boundCaller;
  private volatile boolean closed;

  /**
   * @param count members, the caller included
   * @param onThreadStart runs once on each thread before its first part
   */
  Workers(int count, Runnable onThreadStart) {
    this.onThreadStart = onThreadStart;
    this.members = new Member[count - 1];
    for (int i = 0; i < members.length; i++) {
      members[i] = new Member(i + 1);
      members[i].start();
    }
  }

  int count() {
    return members.length + 1;
  }

  /** Runs {@code part} once for each member, all at once, and waits for the last. */
  void all(Part part) {
    bindCaller();
    for (Member member : members) {
      member.hand(part);
    }
    Throwable failure = null;
    try {
      part.run(0);
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    for (Member member : members) {
      Throwable other = member.await();
      failure = failure == null ? other : failure;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /**
   * Splits {@code rows} evenly, or leaves them to the caller where a share would be smaller than
   * {@code minimum}.
   */
  void rows(int rows, int minimum, Share share) {
    int shares = Math.max(1, Math.min(count(), rows / Math.max(1, minimum)));
    int[] bounds = new int[count() + 1];
    for (int worker = 1; worker < bounds.length; worker++) {
      bounds[worker] = worker >= shares ? rows : (int) ((long) rows * worker / shares);
    }
    ranges(bounds, share);
  }

  /**
   * Gives each member the rows from its bound to the next one's; nobody is woken where all are the
   * caller's.
   *
   * @param bounds rising from 0, one more than members
   */
  void ranges(int[] bounds, Share share) {
    int rows = bounds[count()];
    if (bounds[1] == rows) {
      bindCaller();
      share.run(0, 0, rows);
      return;
    }
    all(
        worker -> {
          int from = bounds[worker];
          int to = bounds[worker + 1];
          if (from < to) {
            share.run(worker, from, to);
          }
        });
  }

  private void bindCaller() {
    if (closed) {
      throw new IllegalStateException("the engine was used after it had been closed");
    }
    if (Thread.currentThread() != boundCaller) {
      onThreadStart.run();
      boundCaller = Thread.currentThread();
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Member member : members) {
      LockSupport.unpark(member);
    }
    for (Member member : members) {
      member.awaitEnd();
    }
  }

  /** Returns when the condition is no longer met; who changes it must unpark this thread. */
  private static void waitWhile(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (condition.getAsBoolean()) {
      for (int i = 0; i < LOOKS && condition.getAsBoolean(); i++) {
        Thread.onSpinWait();
      }
      if (condition.getAsBoolean() && System.nanoTime() - start > SPIN_NANOS) {
        LockSupport.park();
      }
    }
  }

  private final class Member extends Thread {
    private final int worker;
    private volatile Part task;
    private volatile Thread waiting;
    private Throwable failure;

    Member(int worker) {
      super("terse-nd4j-" + worker);
      this.worker = worker;
      setDaemon(true);
    }

    void hand(Part part) {
      waiting = Thread.currentThread();
      failure = null;
      task = part;
      LockSupport.unpark(this);
    }

    Throwable await() {
      waitWhile(() -> task != null);
      return failure;
    }

    void awaitEnd() {
      boolean interrupted = false;
      while (isAlive()) {
        try {
          join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void run() {
      onThreadStart.run();
      while (!closed) {
        waitWhile(() -> task == null && !closed);
        Part part = task;
        if (part == null) {
          return;
        }
        try {
          part.run(worker);
        } catch (RuntimeException | Error e) {
          failure = e;
        }
        task = null;
        LockSupport.unpark(waiting);
      }
    }
  }
}
