package dev.terse.testkit.conformance;

import dev.terse.engine.Engine;
import dev.terse.testkit.TestSeed;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

/** What the parts of {@link EngineConformance} share: a fresh {@link TwinLab} for each test. */
abstract class OperationConformance {
  private final EngineConformance owner;
  protected TwinLab lab;

  OperationConformance(EngineConformance owner) {
    this.owner = owner;
  }

  @BeforeEach
  void openLab(TestInfo test) {
    lab =
        new TwinLab(
            owner.engine(),
            owner.reference(),
            owner.unitRoundoff(),
            TestSeed.of(test.getTestMethod().orElseThrow().getName()));
  }

  @AfterEach
  void closeLab() {
    lab.close();
  }

  Engine engine() {
    return owner.engine();
  }
}
