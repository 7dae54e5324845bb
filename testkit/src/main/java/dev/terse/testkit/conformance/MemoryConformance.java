package dev.terse.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.Arena;
import dev.terse.engine.Tensor;
import dev.terse.testkit.conformance.TwinLab.Twin;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Tensors, views, arenas, and the operations that only move numbers. */
@Covers({"Engine.allocate", "Engine.arena", "Engine.copy", "Engine.clear", "Engine.add"})
abstract class MemoryConformance extends OperationConformance {
  MemoryConformance(EngineConformance owner) {
    super(owner);
  }

  @Test
  void allocate_always_givesZerosOfTheShape() {
    try (Tensor t = engine().allocate(3, 5, 2)) {
      assertThat(t.shape()).containsExactly(3, 5, 2);
      assertThat(t.size()).isEqualTo(30);
      assertThat(t.rows()).isEqualTo(3);
      assertThat(t.rowSize()).isEqualTo(10);
      assertThat(t.toDoubles()).containsOnly(0);
    }
  }

  @Test
  void tensor_writtenAndRead_keepsFloats() {
    Twin t = lab.of(new double[24], 4, 6);
    float[] values = {1.5f, -2.25f, 3e-30f, Float.MAX_VALUE, 0.1f};
    t.actual().write(7, values, 1, 3);
    float[] read = new float[5];
    t.actual().read(6, read, 1, 4);
    assertThat(read).containsExactly(0, 0, -2.25f, 3e-30f, Float.MAX_VALUE);
    assertThatThrownBy(() -> t.actual().setFloats(new float[5]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("24")
        .hasMessageContaining("5");
    assertThatThrownBy(() -> t.actual().setDoubles(new double[25]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("24")
        .hasMessageContaining("25");
  }

  @Test
  void view_written_writesWhatItViews() {
    Twin t = lab.normal(6, 4);
    double[] values = t.actual().toDoubles();
    Tensor rows = t.actual().rowsView(2, 4);
    assertThat(rows.shape()).containsExactly(2, 4);
    assertThat(rows.toDoubles()).containsExactly(Arrays.copyOfRange(values, 8, 16));
    Tensor heads = rows.shapedView(4, 2);
    heads.setFloats(new float[] {1, 2, 3, 4, 5, 6, 7, 8});
    heads.rowsView(3, 4).setFloats(new float[] {9, 10});
    for (int i = 0; i < 6; i++) {
      values[8 + i] = i + 1;
    }
    values[14] = 9;
    values[15] = 10;
    assertThat(t.actual().toDoubles()).containsExactly(values);
  }

  @Test
  void view_outsideOrOfAnotherSize_isRefused() {
    Tensor t = lab.normal(6, 4).actual();
    assertThatThrownBy(() -> t.rowsView(2, 7)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> t.rowsView(-1, 3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> t.rowsView(3, 2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> t.shapedView(5, 5)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void copyClearAdd_randomShapes_equalReference() {
    int rows = lab.draws.between(1, 40);
    int columns = lab.draws.between(1, 130);
    Twin x = lab.normal(rows, columns);
    Twin flat = lab.normal(rows * columns);
    lab.compare("add", 1, (e, t) -> e.add(t.of(x), -0.37, t.of(flat)), flat);
    lab.run((e, t) -> e.copy(t.of(x), t.of(flat)), flat);
    lab.assertClose("copy", flat, 0);
    lab.run((e, t) -> e.clear(t.of(flat).shapedView(rows, columns).rowsView(rows / 2, rows)), flat);
    lab.assertClose("clear of a view", flat, 0);
  }

  @Test
  void arena_usedAgain_zerosAreZerosAndOuterTensorsStay() {
    try (Arena arena = engine().arena()) {
      Tensor outer = arena.floats(3, 7);
      double[] values = lab.draws.normal(21, 1);
      outer.setDoubles(values);
      for (int round = 0; round < 3; round++) {
        try (Arena scratch = arena.open()) {
          Tensor a = scratch.floats(5, 11);
          Tensor b = scratch.zeros(5, 11);
          assertThat(b.toDoubles()).containsOnly(0);
          a.setDoubles(lab.draws.normal(55, 1));
          b.setDoubles(lab.draws.normal(55, 1));
          try (Arena inner = scratch.open()) {
            Tensor c = inner.zeros(20, 4);
            assertThat(c.toDoubles()).containsOnly(0);
            c.setDoubles(lab.draws.normal(80, 1));
          }
          double[] ofA = a.toDoubles();
          Tensor d = scratch.zeros(20, 4);
          assertThat(d.toDoubles()).containsOnly(0);
          d.setDoubles(lab.draws.normal(80, 1));
          assertThat(a.toDoubles()).containsExactly(ofA);
        }
      }
      assertThat(outer.toDoubles()).containsExactly(values);
    }
  }

  @Test
  void arena_askedWhileNestedIsOpen_isRefused() {
    try (Arena arena = engine().arena()) {
      try (Arena nested = arena.open()) {
        assertThat(nested.floats(2).shape()).containsExactly(2);
        assertThatThrownBy(() -> arena.floats(2)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> arena.zeros(2)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(arena::open).isInstanceOf(IllegalStateException.class);
      }
      assertThat(arena.floats(2).shape()).containsExactly(2);
    }
  }

  @Test
  void arena_askedAfterClose_isRefused() {
    try (Arena arena = engine().arena()) {
      Arena nested = arena.open();
      nested.close();
      assertThatThrownBy(() -> nested.floats(2)).isInstanceOf(IllegalStateException.class);
    }
  }
}
