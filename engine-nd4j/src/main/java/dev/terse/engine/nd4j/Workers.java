package dev.terse.engine.nd4j;

import java.util.concurrent.locks.LockSupport;

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

  /** Looks this often before it sleeps: about 20 us, longer than the pause between two calls. */
  private static final int SPINS = 500;

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
    if (shares == 1) {
      bindCaller();
      share.run(0, 0, rows);
      return;
    }
    all(
        worker -> {
          int from = from(rows, worker, shares);
          int to = from(rows, worker + 1, shares);
          if (from < to) {
            share.run(worker, from, to);
          }
        });
  }

  private static int from(int rows, int worker, int shares) {
    return worker >= shares ? rows : (int) ((long) rows * worker / shares);
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
      for (int spins = 0; task != null; spins++) {
        if (spins < SPINS) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
        }
      }
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
        for (int spins = 0; task == null && !closed; spins++) {
          if (spins < SPINS) {
            Thread.onSpinWait();
          } else {
            LockSupport.park(this);
          }
        }
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
