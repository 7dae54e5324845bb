package dev.terse.trainer.cli;

import dev.terse.engine.Engine;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.trainer.config.ModelArguments.EngineKind;
import picocli.CommandLine.Option;

/** The choice of what computes. */
final class EngineOption {

  @Option(
      names = "--engine",
      defaultValue = "nd4j",
      description =
          "What computes: ${COMPLETION-CANDIDATES} (plain loops in double: slow, exact)."
              + " Default: ${DEFAULT-VALUE}.")
  private EngineKind kind;

  /** A new engine; belongs to the caller. */
  Engine open() {
    return open(kind);
  }

  /** A new engine; belongs to the caller. */
  static Engine open(EngineKind kind) {
    return switch (kind) {
      case ND4J -> new Nd4jEngine();
      case REFERENCE -> new ReferenceEngine();
    };
  }
}
