package dev.terse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.reference.ReferenceEngine;
import org.junit.jupiter.api.Test;

class ShapesTest {

  @Test
  void size_largeAxes_isALong() {
    assertThat(Shapes.size(100_000, 100_000)).isEqualTo(10_000_000_000L);
    assertThat(Shapes.size()).isEqualTo(1);
    assertThatThrownBy(() -> Shapes.size(1 << 30, 1 << 30, 1 << 30))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void text_axes_standInBrackets() {
    assertThat(Shapes.text(2, 3)).isEqualTo("[2, 3]");
  }

  @Test
  void require_anotherShape_namesArgumentExpectedAndFound() {
    try (ReferenceEngine engine = new ReferenceEngine();
        Tensor tensor = engine.allocate(2, 3)) {
      assertThat(Shapes.require("x", tensor, 2, 3)).isSameAs(tensor);
      assertThatThrownBy(() -> Shapes.require("x", tensor, 3, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("x must have shape [3, 2], has [2, 3]");
    }
  }

  @Test
  void requirePositive_emptyOrNoAxis_isRefused() {
    Shapes.requirePositive(1, 2);
    assertThatThrownBy(() -> Shapes.requirePositive(2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a tensor needs axes of 1 or more entries, got shape [2, 0]");
    assertThatThrownBy(() -> Shapes.requirePositive()).isInstanceOf(IllegalArgumentException.class);
  }
}
