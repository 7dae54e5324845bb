package dev.terse.engine.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Engine;
import dev.terse.engine.KvCache;
import dev.terse.engine.SeedTree;
import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A row's bits do not depend on what else is in its batch where oneDNN serves: so a completion does
 * not depend on the size of the batch in which it was sampled.
 */
class BatchIndependenceTest {
  private static final AttentionShape SHAPE = AttentionShape.of(9, 3, 64);

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 96, 576",
    "FLOAT32, 1536, 576",
    "FLOAT32, 576, 1536",
    "FLOAT32, 5000, 64",
    "FLOAT32, 96, 8960",
    "BFLOAT16, 96, 8960",
    "BFLOAT16, 96, 576",
    "BFLOAT16, 1536, 576",
    "BFLOAT16, 576, 1536",
    "BFLOAT16, 5000, 64"
  })
  void linear_rowsAloneOrWithOthers_haveTheSameBits(NumberType type, int out, int in) {
    try (Engine engine = engine(type);
        Tensor w = random(engine, 2, out, in);
        Tensor all = random(engine, 1, 700, in);
        Tensor allOut = engine.allocate(700, out)) {
      engine.linear(all, w, null, allOut);
      for (int rows : new int[] {1, 2, 3, 5, 8, 15, 16, 17, 33, 64, 129, 300}) {
        try (Tensor someOut = engine.allocate(rows, out)) {
          engine.linear(all.rowsView(5, 5 + rows), w, null, someOut);
          float[] expected = allOut.rowsView(5, 5 + rows).toFloats();
          int mismatch = Arrays.mismatch(someOut.toFloats(), expected);
          assertThat(mismatch).as("first element that differs of " + rows + " rows").isEqualTo(-1);
        }
      }
    }
  }

  /** The second product of an adapter: few terms, and added to what stands there. */
  @ParameterizedTest
  @EnumSource(NumberType.class)
  void lowRankProduct_rowsAloneOrWithOthers_haveTheSameBits(NumberType type) {
    for (int rank : new int[] {4, 16, 64}) {
      try (Engine engine = engine(type);
          Tensor w = random(engine, 2, rank, 576);
          Tensor all = random(engine, 1, 700, rank);
          Tensor allOut = random(engine, 3, 700, 576)) {
        float[] before = allOut.toFloats();
        engine.linearBackwardInput(all, w, allOut, true);
        for (int rows : new int[] {1, 3, 8, 15, 16, 33, 129, 300}) {
          try (Tensor someOut = engine.allocate(rows, 576)) {
            someOut.setFloats(Arrays.copyOfRange(before, 5 * 576, (5 + rows) * 576));
            engine.linearBackwardInput(all.rowsView(5, 5 + rows), w, someOut, true);
            assertThat(someOut.toFloats())
                .as(type + ", rank " + rank + ", " + rows + " rows")
                .containsExactly(allOut.rowsView(5, 5 + rows).toFloats());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(NumberType.class)
  void decode_sequenceAloneOrWithOthers_hasTheSameBits(NumberType type) {
    Segments prompts = Segments.ofLengths(37, 90);
    try (Engine engine = engine(type);
        Tensor k = random(engine, 3, 127, 192);
        Tensor v = random(engine, 4, 127, 192)) {
      float[][] alone = decode(engine, k, v, prompts, new int[] {1}, 0);
      float[][] among = decode(engine, k, v, prompts, new int[] {0, 0, 1, 1, 1, 1, 1, 1, 1}, 4);
      for (int step = 0; step < alone.length; step++) {
        assertThat(among[step]).as("step " + step).containsExactly(alone[step]);
      }
    }
  }

  /** Outputs of one sequence over the steps; its queries are the same in every batch. */
  private static float[][] decode(
      Engine engine, Tensor k, Tensor v, Segments prompts, int[] promptOf, int watched) {
    float[][] outputs = new float[70][];
    int b = promptOf.length;
    try (KvCache cache = engine.kvCache(1, SHAPE, outputs.length);
        Tensor q = engine.allocate(b, 576);
        Tensor newK = engine.allocate(b, 192);
        Tensor newV = engine.allocate(b, 192);
        Tensor out = engine.allocate(b, 576)) {
      cache.join(promptOf);
      cache.putPrompts(0, k, v, prompts);
      for (int step = 0; step < outputs.length; step++) {
        for (int s = 0; s < b; s++) {
          int identity = s == watched ? 1000 : s;
          fill(q.rowsView(s, s + 1), SeedTree.at(5, "q", step, identity));
          fill(newK.rowsView(s, s + 1), SeedTree.at(5, "k", step, identity));
          fill(newV.rowsView(s, s + 1), SeedTree.at(5, "v", step, identity));
        }
        cache.attend(0, q, newK, newV, out);
        cache.advance();
        outputs[step] = out.rowsView(watched, watched + 1).toFloats();
      }
    }
    return outputs;
  }

  private static Engine engine(NumberType type) {
    Assumptions.assumeTrue(OneDnn.isAvailable(), () -> "no oneDNN here: " + OneDnn.missing());
    return new Nd4jEngine(KernelChoice.ONEDNN, type, 2);
  }

  private static Tensor random(Engine engine, long which, int... shape) {
    Tensor tensor = engine.allocate(shape);
    fill(tensor, SeedTree.at(5, "tensor", which));
    return tensor;
  }

  private static void fill(Tensor tensor, long seed) {
    float[] values = new float[Math.toIntExact(tensor.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) SeedTree.gaussian(SeedTree.child(seed, i));
    }
    tensor.setFloats(values);
  }
}
