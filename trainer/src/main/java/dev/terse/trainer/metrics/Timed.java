package dev.terse.trainer.metrics;

import java.util.function.Supplier;

/**
 * A value, and how long it took.
 *
 * @param seconds of wall time
 */
public record Timed<T>(T value, double seconds) {

  /** What {@code work} gives. */
  public static <T> Timed<T> of(Supplier<T> work) {
    long begun = System.nanoTime();
    T value = work.get();
    return new Timed<>(value, (System.nanoTime() - begun) / 1e9);
  }
}
