package dev.terse.engine.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.Arena;
import dev.terse.engine.AttentionShape;
import dev.terse.engine.KvCache;
import dev.terse.engine.SeedTree;
import dev.terse.engine.Tensor;
import dev.terse.engine.nd4j.onednn.OneDnn;
import dev.terse.engine.numbers.NumberType;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights that are used again and again are packed, which nobody can tell from the results. */
class PackedWeightsTest {
  private static final int USES = 8;
  private static final AttentionShape SHAPE = AttentionShape.of(1, 1, 8);

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 2, 576, 576",
    "FLOAT32, 8, 192, 576",
    "FLOAT32, 32, 576, 1536",
    "FLOAT32, 7, 1001, 64",
    "BFLOAT16, 2, 576, 576",
    "BFLOAT16, 8, 192, 576",
    "BFLOAT16, 32, 576, 1536",
    "BFLOAT16, 7, 1001, 64"
  })
  void linear_weightsUsedOften_keepsItsBits(NumberType type, int rows, int out, int in) {
    Assumptions.assumeTrue(OneDnn.isAvailable(), () -> "no oneDNN here: " + OneDnn.missing());
    try (Nd4jEngine engine = new Nd4jEngine(KernelChoice.ONEDNN, type, 2);
        Tensor w = random(engine, 1, out, in);
        Tensor x = random(engine, 2, rows, in);
        Tensor y = engine.allocate(rows, out)) {
      KvCache decoding = engine.kvCache(1, SHAPE, 1);
      engine.linear(x, w, null, y);
      float[] first = y.toFloats();
      for (int i = 1; i < USES; i++) {
        engine.linear(x, w, null, y);
        assertThat(Arrays.mismatch(y.toFloats(), first)).as("use " + i).isEqualTo(-1);
      }
      // Changed weights are seen at once, whatever was packed before.
      engine.add(w, 1, w);
      engine.linear(x, w, null, y);
      for (int i = 0; i < first.length; i++) {
        first[i] *= 2;
      }
      assertThat(Arrays.mismatch(y.toFloats(), first)).as("after a change").isEqualTo(-1);
      decoding.close();
    }
  }

  @Test
  void copies_areMadeWhileDecoding_thenTheirMemoryServesOthers() {
    Assumptions.assumeTrue(OneDnn.isAvailable(), () -> "no oneDNN here: " + OneDnn.missing());
    try (Nd4jEngine engine = new Nd4jEngine(KernelChoice.ONEDNN, NumberType.FLOAT32, 2);
        Tensor w = random(engine, 1, 576, 1536);
        Tensor x = random(engine, 2, 8, 1536);
        Tensor y = engine.allocate(8, 576);
        Arena arena = engine.arena()) {
      long before = engine.heldBytes();
      use(engine, x, w, y);
      assertThat(engine.heldBytes()).isEqualTo(before);
      KvCache decoding = engine.kvCache(1, SHAPE, 1);
      engine.kvCache(1, SHAPE, 1).close();
      use(engine, x, w, y);
      decoding.close();
      long packed = engine.heldBytes();
      assertThat(packed).isGreaterThanOrEqualTo(before + w.byteSize());
      try (Arena step = arena.open()) {
        step.floats(w.shape());
      }
      assertThat(engine.heldBytes()).isEqualTo(packed);
    }
  }

  private static void use(Nd4jEngine engine, Tensor x, Tensor w, Tensor y) {
    for (int i = 0; i < USES; i++) {
      engine.linear(x, w, null, y);
    }
  }

  private static Tensor random(Nd4jEngine engine, long which, int... shape) {
    Tensor tensor = engine.allocate(shape);
    float[] values = new float[Math.toIntExact(tensor.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) SeedTree.gaussian(SeedTree.at(7, "packed", which, i));
    }
    tensor.setFloats(values);
    return tensor;
  }
}
