package dev.terse.model;

import dev.terse.engine.Engine;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.engine.reference.ReferenceEngine;
import java.util.function.Supplier;

/** The engines that a decoder must give the same numbers on. */
public enum EngineUnderTest {
  REFERENCE(ReferenceEngine::new, 1e-5),
  ND4J(Nd4jEngine::new, 1e-4);

  private final Supplier<Engine> open;
  private final double tolerance;

  EngineUnderTest(Supplier<Engine> open, double tolerance) {
    this.open = open;
    this.tolerance = tolerance;
  }

  public Engine open() {
    return open.get();
  }

  /** Largest allowed error of a log-probability, and of a gradient relative to its tensor. */
  public double tolerance() {
    return tolerance;
  }
}
