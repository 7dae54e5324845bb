package dev.terse.trainer.metrics;

import dev.terse.engine.Progress;

/** Announces the long phases inside a run (rollout, scoring, update) with rate and ETA. */
public interface Phases {

  /** Announces nothing. */
  Phases QUIET =
      (name, unit, expected) ->
          new Phase() {
            @Override
            public void advance(long done) {}

            @Override
            public void close() {}
          };

  /**
   * Begins a phase.
   *
   * @param unit what {@link Progress#advance} counts, e.g. "tokens"
   * @param expected units in all, or an upper bound; -1 if unknown
   */
  Phase start(String name, String unit, long expected);

  /** A phase under way; closing it ends its bar. */
  interface Phase extends Progress, AutoCloseable {
    @Override
    void close();
  }
}
