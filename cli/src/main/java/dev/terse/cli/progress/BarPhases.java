package dev.terse.cli.progress;

import dev.terse.trainer.metrics.Phases;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Phases as progress bars on a terminal's standard error: nothing in the first two seconds, then a
 * bar with rate and time left, wiped when the phase ends so that it never mixes with the log.
 */
public final class BarPhases implements Phases {
  private static final Duration QUIET = Duration.ofSeconds(2);
  private static final int UPDATE_MILLIS = 500;

  @Override
  public Phase start(String name, String unit, long expected) {
    return new BarPhase(name, unit, expected);
  }

  private static final class BarPhase implements Phase {
    private final String name;
    private final String unit;
    private final long expected;
    private final long start = System.nanoTime();
    private long done;
    private ProgressBar bar;

    BarPhase(String name, String unit, long expected) {
      this.name = name;
      this.unit = unit;
      this.expected = expected;
    }

    @Override
    public synchronized void advance(long more) {
      done += more;
      Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
      if (bar != null) {
        bar.stepTo(done);
      } else if (elapsed.compareTo(QUIET) >= 0) {
        bar = show(elapsed);
      }
    }

    @Override
    public synchronized void close() {
      if (bar != null) {
        bar.close();
      }
    }

    private ProgressBar show(Duration elapsed) {
      return new ProgressBarBuilder()
          .setTaskName(name)
          .setUnit(" " + unit, 1)
          .setInitialMax(expected)
          .startsFrom(done, elapsed)
          .setStyle(ProgressBarStyle.ASCII)
          .setUpdateIntervalMillis(UPDATE_MILLIS)
          .showSpeed(new DecimalFormat("0.0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
          .clearDisplayOnFinish()
          .build();
    }
  }
}
