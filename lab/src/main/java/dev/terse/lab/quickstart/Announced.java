package dev.terse.lab.quickstart;

import dev.terse.trainer.metrics.Phases;

/**
 * Announces every phase under one name and with one guess of its length: whoever asks for an
 * evaluation can often say better how many tokens it will draw than that they are bounded.
 */
record Announced(Phases phases, String name, long expected) implements Phases {
  @Override
  public Phase start(String ignoredName, String unit, long ignoredBound) {
    return phases.start(name, unit, expected);
  }
}
