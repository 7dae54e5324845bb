package dev.terse.cli.progress;

import java.util.Locale;

/** Times as people read them: {@code 7.5 s}, {@code 12 min 5 s}, {@code 3 h 02 min}. */
public final class Durations {
  private Durations() {}

  /** Tenths of a second under ten seconds, whole seconds under an hour, whole minutes above. */
  public static String text(double seconds) {
    if (seconds < 9.95) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    return whole < 3600
        ? String.format(Locale.ROOT, "%d min %d s", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole / 60 % 60);
  }
}
