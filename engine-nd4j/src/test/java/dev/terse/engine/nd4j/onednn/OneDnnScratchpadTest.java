package dev.terse.engine.nd4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.Tensor;
import dev.terse.engine.nd4j.KernelChoice;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.engine.nd4j.calls.NativeCalls.Form;
import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.nd4j.memory.Nd4jTensor;
import dev.terse.engine.numbers.NumberType;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A thread's primitives share their scratch memory, however many shapes a long run meets. */
class OneDnnScratchpadTest {
  private static final int MOST_ROWS = 96;
  private static final int INPUTS = 200;
  private static final int OUTPUTS = 72;

  /** {@code gᵀ x} over the first rows: weight gradients, whose operands oneDNN copies first. */
  private static float[] gradient(OneDnnPrimitives primitives, Nd4jEngine engine, int rows) {
    try (Tensor g = engine.allocate(rows, OUTPUTS);
        Tensor x = engine.allocate(rows, INPUTS);
        Tensor out = engine.allocate(OUTPUTS, INPUTS)) {
      fill(g, rows * OUTPUTS, 7);
      fill(x, rows * INPUTS, 11);
      new OneDnnMatmuls(primitives).multiply(Form.ATB, 1, of(g), of(x), of(out), 1, 0);
      return out.toFloats();
    }
  }

  private static Matrix of(Tensor tensor) {
    return Matrix.of((Nd4jTensor) tensor);
  }

  /** Small whole numbers, of which sums are exact. */
  private static void fill(Tensor tensor, int count, int period) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i % period - period / 2;
    }
    tensor.write(0, values, 0, count);
  }

  @Test
  void primitives_ofManyShapes_takeTheScratchOfTheLargestAlone() {
    Assumptions.assumeTrue(OneDnn.isAvailable(), () -> "no oneDNN here: " + OneDnn.missing());
    try (Nd4jEngine engine = new Nd4jEngine(KernelChoice.ONEDNN, NumberType.FLOAT32, 1)) {
      long largest = 0;
      try (OneDnnPrimitives alone = new OneDnnPrimitives()) {
        for (int rows = 1; rows <= MOST_ROWS; rows++) {
          try (OneDnnPrimitives one = new OneDnnPrimitives()) {
            gradient(one, engine, rows);
            largest = Math.max(largest, one.scratchpad().bytes());
          }
        }
        assertThat(largest).isPositive();
        float[] before = gradient(alone, engine, 3);
        for (int rows = 1; rows <= MOST_ROWS; rows++) {
          gradient(alone, engine, rows);
        }
        assertThat(alone.scratchpad().bytes()).isEqualTo(largest);
        // Made when the scratch memory lay elsewhere.
        assertThat(gradient(alone, engine, 3)).containsExactly(before).containsExactly(expected(3));
      }
    }
  }

  @Test
  void primitives_ofWhichNoneIsToBeRetained_areRefused() {
    System.setProperty(OneDnn.PRIMITIVES_PROPERTY, "0");
    try {
      assertThatThrownBy(() -> new Nd4jEngine(KernelChoice.ONEDNN, NumberType.FLOAT32, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "terse.nd4j.primitives must be 1 or more, the primitives that a thread retains, was 0");
    } finally {
      System.clearProperty(OneDnn.PRIMITIVES_PROPERTY);
    }
  }

  private static float[] expected(int rows) {
    float[] out = new float[OUTPUTS * INPUTS];
    for (int row = 0; row < rows; row++) {
      for (int o = 0; o < OUTPUTS; o++) {
        for (int i = 0; i < INPUTS; i++) {
          float g = (row * OUTPUTS + o) % 7 - 3;
          float x = (row * INPUTS + i) % 11 - 5;
          out[o * INPUTS + i] += g * x;
        }
      }
    }
    return out;
  }
}
