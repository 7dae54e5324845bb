package dev.terse.engine.nd4j.calls;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A fixed team of threads; the caller is worker 0.
 *
 * <p>What: {@link #rows} and {@link #ranges} give each worker one slice of the rows, {@link #all}
 * runs a task on every worker; each returns when the last worker is done.
 *
 * <p>How: a worker has one mailbox, a volatile task. The caller fills it and unparks the worker,
 * works on its own slice, then waits for the mailboxes to be empty. Both sides spin for {@value
 * #SPIN_NANOS} ns before they sleep, so within a step nobody is woken.
 *
 * <p>Why not a ForkJoinPool: there idle threads steal, so which thread adds up what depends on
 * timing, and sums by worker would change their bits from run to run. Here the split looks at sizes
 * only. Why not OpenMP's threads: they spin between calls and starve Java's (docs/engine.md). A
 * barrier that spins, then sleeps: Mellor-Crummey and Scott, "Algorithms for scalable
 * synchronization on shared-memory multiprocessors", ACM TOCS 9 (1991).
 */
public final class WorkerThreads implements AutoCloseable {

  /** One worker's slice: a range of rows. */
  @FunctionalInterface
  public interface Slice {
    void run(int worker, int from, int to);
  }

  /** What one worker does. */
  @FunctionalInterface
  public interface Task {
    void run(int worker);
  }

  /**
   * How long a thread looks for work or for an end before it sleeps: longer than the pause between
   * two calls of a step. Waking up a sleeping thread takes about 50 us, as long as a small matmul.
   */
  private static final long SPIN_NANOS = 100_000;

  /** Looks between two looks at the clock. */
  private static final int LOOKS = 64;

  private final Worker[] workers;
  private final Runnable onThreadStart;
  private Thread boundCaller;
  private volatile boolean closed;

  /**
   * @param count workers, the caller included
   * @param onThreadStart runs once on each thread before its first task
   */
  WorkerThreads(int count, Runnable onThreadStart) {
    this.onThreadStart = onThreadStart;
    this.workers = new Worker[count - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].start();
    }
  }

  int count() {
    return workers.length + 1;
  }

  /** Runs {@code task} once for each worker, all at once, and waits for the last. */
  public void all(Task task) {
    bindCaller();
    for (Worker worker : workers) {
      worker.hand(task);
    }
    Throwable failure = null;
    try {
      task.run(0);
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    for (Worker worker : workers) {
      Throwable other = worker.await();
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
   * Splits {@code rows} evenly, or leaves them to the caller where a slice would be smaller than
   * {@code minimum}.
   */
  public void rows(int rows, int minimum, Slice slice) {
    int slices = Math.max(1, Math.min(count(), rows / Math.max(1, minimum)));
    int[] bounds = new int[count() + 1];
    for (int worker = 1; worker < bounds.length; worker++) {
      bounds[worker] = worker >= slices ? rows : (int) ((long) rows * worker / slices);
    }
    ranges(bounds, slice);
  }

  /**
   * Gives each worker the rows from its bound to the next one's; nobody is woken where all are the
   * caller's.
   *
   * @param bounds rising from 0, one more than workers
   */
  public void ranges(int[] bounds, Slice slice) {
    int rows = bounds[count()];
    if (bounds[1] == rows) {
      bindCaller();
      slice.run(0, 0, rows);
      return;
    }
    all(
        worker -> {
          int from = bounds[worker];
          int to = bounds[worker + 1];
          if (from < to) {
            slice.run(worker, from, to);
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
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
    }
    for (Worker worker : workers) {
      worker.awaitEnd();
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

  private final class Worker extends Thread {
    private final int worker;
    private volatile Task task;
    private volatile Thread waiting;
    private Throwable failure;

    Worker(int worker) {
      super("terse-nd4j-" + worker);
      this.worker = worker;
      setDaemon(true);
    }

    void hand(Task next) {
      waiting = Thread.currentThread();
      failure = null;
      task = next;
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
        Task mine = task;
        if (mine == null) {
          return;
        }
        try {
          mine.run(worker);
        } catch (RuntimeException | Error e) {
          failure = e;
        }
        task = null;
        LockSupport.unpark(waiting);
      }
    }
  }
}
