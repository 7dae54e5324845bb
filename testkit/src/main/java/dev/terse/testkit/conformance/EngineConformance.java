package dev.terse.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.Engine;
import dev.terse.engine.KvCache;
import dev.terse.engine.reference.ReferenceEngine;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
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
   * Unit roundoff of the matmuls: 2^-53 for float64, 2^-24 for float32, 2^-8 for bfloat16 inputs.
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

  /** What an engine must implement, listed by reflection: {@code Engine.linear} and so on. */
  static Set<String> operations() {
    return Stream.of(Engine.class, KvCache.class)
        .flatMap(type -> Arrays.stream(type.getMethods()))
        .filter(method -> Modifier.isAbstract(method.getModifiers()))
        .map(EngineConformance::nameOf)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  static String nameOf(Method method) {
    return method.getDeclaringClass().getSimpleName() + "." + method.getName();
  }

  /** An operation that is new to the interface fails here until a part tests it. */
  @Test
  void operations_listedByReflection_areEachCoveredByAPart() {
    Set<String> covered = new TreeSet<>(Set.of("Engine.close")); // after the last test
    for (Class<?> part : EngineConformance.class.getDeclaredClasses()) {
      covered.addAll(List.of(part.getSuperclass().getAnnotation(Covers.class).value()));
    }
    assertThat(covered).isEqualTo(operations());
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
