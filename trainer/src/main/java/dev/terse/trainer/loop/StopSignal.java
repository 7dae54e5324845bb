package dev.terse.trainer.loop;

import dev.terse.trainer.metrics.Phases;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns SIGTERM and SIGINT into a request. While a run has nothing to save, the process just ends.
 * Once {@link #hold} is called, the shutdown waits: what is under way (an update, a rollout, an
 * evaluation) has {@link #PATIENCE} to come to its end and is given up at its next pass or token
 * after that; the run is saved as it stands after its last whole update. The shutdown waits for
 * that also because a virtual machine that ends during a native call looks like a crash.
 */
public final class StopSignal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Those that listen, in the order in which they began to. */
  private static final Set<StopSignal> LISTENING = new CopyOnWriteArraySet<>();

  private static boolean hooked;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Duration patience;
  private volatile boolean requested;
  private volatile boolean holds;
  private volatile long since;

  /** A signal that only {@link #request} gives. */
  public StopSignal() {
    this(PATIENCE);
  }

  StopSignal(Duration patience) {
    this.patience = patience;
  }

  /** Listens to the signals until it is closed. */
  public static StopSignal listening() {
    StopSignal signal = new StopSignal();
    synchronized (LISTENING) {
      if (!hooked) {
        Runtime.getRuntime().addShutdownHook(new Thread(StopSignal::answerAll, "stop-signal"));
        hooked = true;
      }
      LISTENING.add(signal);
    }
    return signal;
  }

  /** How many listen: as many as there are open runs. */
  static int listeners() {
    return LISTENING.size();
  }

  /** Asks the run to stop. */
  public void request() {
    since = System.nanoTime();
    requested = true;
  }

  public boolean isRequested() {
    return requested;
  }

  /** From here on there is something to save, for which a shutdown waits. */
  public void hold() {
    holds = true;
  }

  /**
   * Gives up what is under way, if a stop was asked for longer ago than it is given to end.
   *
   * @throws RunStoppedException if so
   */
  public void check() {
    if (requested && System.nanoTime() - since >= patience.toNanos()) {
      throw new RunStoppedException("stopped before it came to its end");
    }
  }

  /** Waits, but no longer than until a stop is asked for. */
  public void sleep(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    try {
      while (!requested && System.nanoTime() < end) {
        Thread.sleep(100);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      request();
    }
  }

  /** The same phases, each of which is given up by {@link #check} when it next advances. */
  public Phases guard(Phases phases) {
    return (name, unit, expected) -> new Guarded(phases.start(name, unit, expected));
  }

  private final class Guarded implements Phases.Phase {
    private final Phases.Phase phase;

    private Guarded(Phases.Phase phase) {
      this.phase = phase;
    }

    @Override
    public void advance(long done) {
      phase.advance(done);
      check();
    }

    @Override
    public void close() {
      phase.close();
    }
  }

  /** The run has ended; a waiting shutdown goes on. */
  @Override
  public void close() {
    LISTENING.remove(this);
    closed.countDown();
  }

  /** The process is to end; at its ordinary end nobody listens any more. */
  static void answerAll() {
    List<StopSignal> open = List.copyOf(LISTENING);
    open.forEach(StopSignal::request);
    open.forEach(StopSignal::answer);
  }

  private void answer() {
    if (!holds) {
      LOG.warn("asked to stop before the first update: there is nothing to save");
      return;
    }
    LOG.warn(
        "asked to stop: what is under way has {} s to end or is given up, then the run is saved as"
            + " it stands after its last whole update",
        patience.toSeconds());
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
