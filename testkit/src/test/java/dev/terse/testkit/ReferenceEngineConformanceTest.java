package dev.terse.testkit;

import dev.terse.engine.Engine;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.testkit.conformance.EngineConformance;

/** The reference held against the suite: its own laws, aliases, errors, decoding. */
class ReferenceEngineConformanceTest extends EngineConformance {
  @Override
  protected Engine newEngine() {
    return new ReferenceEngine();
  }

  @Override
  protected double unitRoundoff() {
    return 0x1.0p-53;
  }
}
