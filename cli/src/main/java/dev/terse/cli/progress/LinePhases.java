package dev.terse.cli.progress;

import dev.terse.trainer.metrics.Phases;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Phases as plain lines, for logs: how far a phase has come every ten seconds, and at its end what
 * it took; nothing of a phase that is over sooner.
 */
public final class LinePhases implements Phases {
  private static final double INTERVAL_SECONDS = 10;

  private final PrintStream out;
  private final LongSupplier nanos;

  public LinePhases(PrintStream out) {
    this(out, System::nanoTime);
  }

  LinePhases(PrintStream out, LongSupplier nanos) {
    this.out = out;
    this.nanos = nanos;
  }

  @Override
  public Phase start(String name, String unit, long expected) {
    return new LinePhase(name, unit, expected);
  }

  private final class LinePhase implements Phase {
    private final String name;
    private final String unit;
    private final long expected;
    private final long start = nanos.getAsLong();
    private double nextLine = INTERVAL_SECONDS;
    private long done;

    LinePhase(String name, String unit, long expected) {
      this.name = name;
      this.unit = unit;
      this.expected = expected;
    }

    @Override
    public synchronized void advance(long more) {
      done += more;
      double seconds = seconds();
      if (seconds >= nextLine && done > 0) {
        nextLine = seconds + INTERVAL_SECONDS;
        out.println(expected > 0 ? withEta(seconds) : soFar(seconds));
      }
    }

    @Override
    public synchronized void close() {
      double seconds = seconds();
      if (seconds >= INTERVAL_SECONDS) {
        out.println(
            String.format(
                Locale.ROOT, "%s: %d %s in %.1f s, %s", name, done, unit, seconds, rate(seconds)));
      }
    }

    private String soFar(double seconds) {
      return String.format(Locale.ROOT, "%s: %d %s, %s", name, done, unit, rate(seconds));
    }

    private String withEta(double seconds) {
      return String.format(
          Locale.ROOT,
          "%s: %d of %d %s (%.0f %%), %s, %s left",
          name,
          done,
          expected,
          unit,
          100.0 * done / expected,
          rate(seconds),
          Durations.text(Math.max(0, expected - done) * seconds / done));
    }

    /** Whole numbers, but for the slow: {@code 180 tokens/s}, {@code 0.31 updates/s}. */
    private String rate(double seconds) {
      double rate = done / seconds;
      return String.format(Locale.ROOT, rate < 9.5 ? "%.2f %s/s" : "%.0f %s/s", rate, unit);
    }

    private double seconds() {
      return (nanos.getAsLong() - start) / 1e9;
    }
  }
}
