package dev.terse.trainer.loop;

import java.util.concurrent.CountDownLatch;

/**
 * Turns SIGTERM and SIGINT into a request: the update under way is finished and saved before the
 * process ends. The shutdown hook waits for that, since a virtual machine that ends during a native
 * call looks like a crash.
 */
public final class StopSignal implements AutoCloseable {
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::requestAndWait, "stop-signal");
  private volatile boolean requested;

  /** A signal that only {@link #request} gives. */
  public StopSignal() {}

  /** Listens to the signals from now on. */
  public static StopSignal listening() {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  /** Asks the run to stop after the update under way. */
  public void request() {
    requested = true;
  }

  public boolean isRequested() {
    return requested;
  }

  /** The run has ended; a waiting shutdown goes on. */
  @Override
  public void close() {
    closed.countDown();
  }

  private void requestAndWait() {
    request();
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
