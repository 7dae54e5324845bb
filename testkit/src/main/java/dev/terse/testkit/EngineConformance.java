package dev.terse.testkit;

import dev.terse.engine.Engine;
import dev.terse.engine.reference.ReferenceEngine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/**
 * The tests that every engine must pass: each operation equals the reference on random shapes
 * within a tolerance that follows from the number type and the reduction length, leaves its inputs
 * alone, and refuses wrong shapes and ids. A subclass names the engine.
 *
 * <p>That the reference itself is right is shown elsewhere: its backwards against finite
 * differences, its forwards against PyTorch.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class EngineConformance {
  private Engine engine;
  private Engine reference;

  /** The engine under test; closed after the last test. */
  protected abstract Engine newEngine();

  /**
   * Unit roundoff of the products: 2^-53 for float64, 2^-24 for float32, 2^-8 for bfloat16 inputs.
   */
  protected abstract double unitRoundoff();

  @BeforeAll
  void openEngines() {
    engine = newEngine();
    reference = new ReferenceEngine();
    System.out.println("conformance of: " + engine.description());
  }

  @AfterAll
  void closeEngines() {
    if (engine != null) { // it is not where this machine cannot have it
      engine.close();
      reference.close();
    }
  }

  Engine engine() {
    return engine;
  }

  Engine reference() {
    return reference;
  }

  @Nested
  class Memory extends MemoryConformance {
    Memory() {
      super(EngineConformance.this);
    }
  }

  @Nested
  class Compact extends CompactConformance {
    Compact() {
      super(EngineConformance.this);
    }
  }

  @Nested
  class Embedding extends EmbeddingConformance {
    Embedding() {
      super(EngineConformance.this);
    }
  }

  @Nested
  class Linear extends LinearConformance {
    Linear() {
      super(EngineConformance.this);
    }
  }

  @Nested
  class Columns extends ColumnsConformance {
    Columns() {
      super(EngineConformance.this);
    }
  }

  @Nested
  class Rows extends RowsConformance {
    Rows() {
      super(EngineConformance.this);
    }
  }

  @Nested
  class Attention extends AttentionConformance {
    Attention() {
      super(EngineConformance.this);
    }
  }

  @Nested
  class Decoding extends KvCacheConformance {
    Decoding() {
      super(EngineConformance.this);
    }
  }

  @Nested
  class Head extends HeadConformance {
    Head() {
      super(EngineConformance.this);
    }
  }

  @Nested
  class Optimizer extends OptimizerConformance {
    Optimizer() {
      super(EngineConformance.this);
    }
  }

  @Nested
  class Misuse extends MisuseConformance {
    Misuse() {
      super(EngineConformance.this);
    }
  }
}
