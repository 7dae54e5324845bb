package dev.terse.engine.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.Tensor;
import org.junit.jupiter.api.Test;

/** The reference finds misuse of memory that faster engines cannot afford to look for. */
class ReferenceMemoryTest {
  private final ReferenceEngine engine = new ReferenceEngine();

  @Test
  void floats_neverWritten_areNaN() {
    try (Arena arena = engine.arena()) {
      assertThat(arena.floats(2, 2).toDoubles()).containsOnly(Double.NaN);
    }
  }

  @Test
  void tensorOfClosedArena_usedAnyhow_isRefused() {
    try (Arena arena = engine.arena()) {
      Arena scratch = arena.open();
      Tensor tensor = scratch.zeros(2, 3);
      Tensor view = tensor.rowsView(1, 2);
      scratch.close();
      String sentence = "tensor [2, 3] was used after its arena had been closed";
      assertThatThrownBy(tensor::toDoubles)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(sentence);
      assertThatThrownBy(() -> engine.clear(tensor)).hasMessage(sentence);
      assertThatThrownBy(() -> tensor.rowsView(0, 1)).hasMessage(sentence);
      assertThatThrownBy(() -> tensor.write(0, new float[1], 0, 1)).hasMessage(sentence);
      assertThatThrownBy(() -> engine.sumOfSquares(view))
          .hasMessage("tensor [1, 3] was used after its arena had been closed");
    }
  }

  @Test
  void closedTensor_usedAnyhow_isRefusedThroughItsViewsToo() {
    Tensor tensor = engine.allocate(4);
    Tensor view = tensor.shapedView(2, 2);
    view.close();
    assertThat(tensor.toDoubles()).containsOnly(0);
    tensor.close();
    assertThatThrownBy(() -> engine.clear(view))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("tensor [2, 2] was used after it had been closed");
  }

  @Test
  void bytes_partsOfANumber_areRefused() {
    try (Tensor tensor = engine.allocate(4)) {
      long end = tensor.byteSize();
      byte[] bytes = new byte[16];
      assertThatThrownBy(() -> tensor.readBytes(end - 1, bytes, 0, 7))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("bytes 31 to 38 are not whole numbers of 8 bytes of tensor [4]");
      assertThatThrownBy(() -> tensor.readBytes(0, bytes, 0, 7))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> tensor.writeBytes(end - 1, bytes, 0, 7))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> tensor.writeBytes(end, bytes, 0, 8))
          .hasMessage("elements 4 to 5 are outside tensor [4]");
      tensor.writeBytes(end - 8, bytes, 0, 8);
    }
  }

  @Test
  void tensorOfArena_closed_staysUntilTheArenaCloses() {
    try (Arena arena = engine.arena()) {
      Tensor tensor = arena.zeros(3);
      tensor.close();
      assertThat(tensor.toDoubles()).containsOnly(0);
    }
  }

  @Test
  void arena_closedBeforeItsNested_isRefused() {
    Arena arena = engine.arena();
    Arena nested = arena.open();
    assertThatThrownBy(arena::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("an arena was closed before the arena nested in it");
    nested.close();
    arena.close();
    arena.close();
    assertThatThrownBy(() -> arena.zeros(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("an arena was asked for a tensor after it had been closed");
  }

  @Test
  void arena_askedWhileNestedIsOpen_isRefused() {
    try (Arena arena = engine.arena();
        Arena nested = arena.open()) {
      assertThat(nested.zeros(1).toDoubles()).containsOnly(0);
      assertThatThrownBy(() -> arena.floats(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("an arena was asked for a tensor while a nested arena was open");
    }
  }

  @Test
  void outputs_overlappingInputs_areRefused() {
    Tensor x = engine.allocate(4, 3);
    Tensor w = engine.allocate(3, 3);
    assertThatThrownBy(() -> engine.linear(x, w, null, x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("out must not share memory with the operation's other arguments");
    Tensor scale = w.rowsView(0, 1).shapedView(3);
    assertThatThrownBy(() -> engine.rmsNorm(x.rowsView(0, 3), scale, 0.1, x.rowsView(1, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("y must not share memory");
    assertThatThrownBy(() -> engine.rmsNormBackward(x, scale, 0.1, x, x, Write.ADD, w))
        .isInstanceOf(IllegalArgumentException.class);
    engine.rmsNorm(x, scale, 0.1, x.shapedView(4, 3));
  }

  @Test
  void tensorOfAnotherEngine_given_isRefused() {
    Tensor foreign = new ForeignTensor();
    assertThatThrownBy(() -> engine.clear(foreign))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the reference engine works on its own tensors, got a ")
        .hasMessageEndingWith("ForeignTensor");
  }

  /** A tensor that is nothing but not ours. */
  private static final class ForeignTensor implements Tensor {
    @Override
    public int[] shape() {
      return new int[] {1};
    }

    @Override
    public long size() {
      return 1;
    }

    @Override
    public Tensor rowsView(int from, int to) {
      return this;
    }

    @Override
    public Tensor shapedView(int... shape) {
      return this;
    }

    @Override
    public void read(long offset, float[] target, int at, int count) {}

    @Override
    public void write(long offset, float[] source, int at, int count) {}

    @Override
    public long byteSize() {
      return 1;
    }

    @Override
    public void readBytes(long offset, byte[] target, int at, int count) {}

    @Override
    public void writeBytes(long offset, byte[] source, int at, int count) {}

    @Override
    public double[] toDoubles() {
      return new double[1];
    }

    @Override
    public void setDoubles(double[] values) {}

    @Override
    public void close() {}
  }
}
