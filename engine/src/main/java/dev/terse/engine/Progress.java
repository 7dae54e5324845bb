package dev.terse.engine;

/** Hears how far a long phase has come; the trainer turns it into a bar with rate and ETA. */
@FunctionalInterface
public interface Progress {

  /** A listener that does nothing. */
  Progress NONE = done -> {};

  /** {@code done} more units (tokens, rows; the phase says which) are finished. */
  void advance(long done);
}
