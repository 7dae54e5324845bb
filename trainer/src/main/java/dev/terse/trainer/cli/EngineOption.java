package dev.terse.trainer.cli;

import dev.terse.engine.Engine;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.engine.reference.ReferenceEngine;
import picocli.CommandLine.Option;

/** The choice of what computes. */
final class EngineOption {

  /** The engines. */
  enum Kind {
    nd4j,
    reference
  }

  @Option(
      names = "--engine",
      defaultValue = "nd4j",
      description =
          "What computes: ${COMPLETION-CANDIDATES} (plain loops in double: slow, exact)."
              + " Default: ${DEFAULT-VALUE}.")
  private Kind kind;

  /** A new engine; belongs to the caller. */
  Engine open() {
    return switch (kind) {
      case nd4j -> new Nd4jEngine();
      case reference -> new ReferenceEngine();
    };
  }
}
