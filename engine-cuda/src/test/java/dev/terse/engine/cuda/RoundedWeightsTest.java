package dev.terse.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.AdamW;
import dev.terse.engine.Engine;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.Rotary;
import dev.terse.engine.SeedTree;
import dev.terse.engine.Tensor;
import dev.terse.engine.cuda.device.HostDevice;
import dev.terse.engine.numbers.NumberType;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** With bfloat16 matmuls a rounded copy of each weight is kept, which nobody can tell. */
class RoundedWeightsTest {
  private static final int CHANNELS = 8;

  @BeforeAll
  static void needsACompiler() {
    String missing = HostDevice.missing();
    Assumptions.assumeTrue(missing == null, missing);
  }

  /** Something that writes to a weight [C, C]. */
  private interface Change {
    void of(Engine engine, Tensor weight, Tensor other);
  }

  static Stream<Arguments> changes() {
    Rotary rotary = new Rotary(new double[] {1, 0.1});
    int[] places = {5, 4, 3, 2, 1, 7, 6, 0};
    AdamW update = new AdamW(0.1, 0.9, 0.99, 1e-8, 0, 1, 1, 0);
    return Stream.of(
        change("write", (e, w, x) -> w.setFloats(x.toFloats())),
        change("write to a view", (e, w, x) -> w.rowsView(2, 3).setFloats(new float[CHANNELS])),
        change("writeBytes", (e, w, x) -> w.writeBytes(64, new byte[32], 0, 32)),
        change("copy", (e, w, x) -> e.copy(x, w)),
        change("clear", (e, w, x) -> e.clear(w)),
        change("add", (e, w, x) -> e.add(x, 1, w)),
        change("embed", (e, w, x) -> e.embed(x, places, w)),
        change("embedBackward", (e, w, x) -> e.embedBackward(places, x, w)),
        change("linear", (e, w, x) -> e.linear(x, x, null, w)),
        change("linearBackwardInput", (e, w, x) -> e.linearBackwardInput(x, x, w, Write.ADD)),
        change("linearBackwardWeight", (e, w, x) -> e.linearBackwardWeight(x, x, w, null)),
        change("dropout", (e, w, x) -> e.dropout(x, 0.5, new long[CHANNELS], w)),
        change("rope", (e, w, x) -> e.rope(w, places, rotary)),
        change("swiglu", (e, w, x) -> e.swiglu(x, x, w)),
        change("adamW", (e, w, x) -> adamW(e, update, w, x)));
  }

  private static Arguments change(String name, Change change) {
    return Arguments.of(name, change);
  }

  private static void adamW(Engine engine, AdamW update, Tensor weight, Tensor gradient) {
    try (Tensor m = engine.allocate(weight.shape());
        Tensor v = engine.allocate(weight.shape())) {
      engine.adamW(update, weight, gradient, m, v);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changes")
  void linear_weightChanged_readsTheNewNumbers(String name, Change change) {
    try (CudaEngine engine = new CudaEngine(new HostDevice(), NumberType.BFLOAT16, 1 << 20);
        Tensor weight = random(engine, 1);
        Tensor other = random(engine, 2);
        Tensor x = random(engine, 3);
        Tensor out = engine.allocate(CHANNELS, CHANNELS);
        Tensor fresh = engine.allocate(CHANNELS, CHANNELS);
        Tensor expected = engine.allocate(CHANNELS, CHANNELS)) {
      engine.linear(x, weight, null, out);
      float[] before = out.toFloats();
      change.of(engine, weight, other);
      engine.linear(x, weight, null, out);
      fresh.setFloats(weight.toFloats());
      engine.linear(x, fresh, null, expected);
      assertThat(out.toFloats()).isEqualTo(expected.toFloats()).isNotEqualTo(before);
    }
  }

  private static Tensor random(Engine engine, long seed) {
    Tensor tensor = engine.allocate(CHANNELS, CHANNELS);
    double[] values = new double[CHANNELS * CHANNELS];
    for (int i = 0; i < values.length; i++) {
      values[i] = SeedTree.gaussian(SeedTree.child(seed, i));
    }
    tensor.setDoubles(values);
    return tensor;
  }
}
