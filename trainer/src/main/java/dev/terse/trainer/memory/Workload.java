package dev.terse.trainer.memory;

/** A run whose memory can be told before it starts, with its own settings and with others. */
public interface Workload {

  /** Its own. */
  MemorySettings settings();

  /** What it would do with {@code settings}. */
  RunShape shape(MemorySettings settings);
}
