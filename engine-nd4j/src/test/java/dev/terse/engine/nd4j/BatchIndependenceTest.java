package dev.terse.engine.nd4j;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Engine;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.KvCache;
import dev.terse.engine.Qkv;
import dev.terse.engine.SeedTree;
import dev.terse.engine.Segments;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import dev.terse.engine.nd4j.onednn.OneDnn;
import dev.terse.engine.numbers.NumberType;
import dev.terse.testkit.Close;
import java.util.Arrays;
import java.util.stream.IntStream;
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
          Close.assertSame(rows + " rows", someOut.toFloats(), expected);
        }
      }
    }
  }

  /** The second matmul of an adapter: few terms, and added to what stands there. */
  @ParameterizedTest
  @EnumSource(NumberType.class)
  void lowRankProduct_rowsAloneOrWithOthers_haveTheSameBits(NumberType type) {
    for (int rank : new int[] {1, 2, 3, 4, 16, 64}) {
      try (Engine engine = engine(type);
          Tensor w = random(engine, 2, rank, 576);
          Tensor all = random(engine, 1, 700, rank);
          Tensor allOut = random(engine, 3, 700, 576)) {
        float[] before = allOut.toFloats();
        engine.linearBackwardInput(all, w, allOut, Write.ADD);
        for (int rows : new int[] {1, 2, 3, 8, 15, 16, 33, 78, 129, 300}) {
          try (Tensor someOut = engine.allocate(rows, 576)) {
            someOut.setFloats(Arrays.copyOfRange(before, 5 * 576, (5 + rows) * 576));
            engine.linearBackwardInput(all.rowsView(5, 5 + rows), w, someOut, Write.ADD);
            Close.assertSame(
                type + ", rank " + rank + ", " + rows + " rows",
                someOut.toFloats(),
                allOut.rowsView(5, 5 + rows).toFloats());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 9, 3, 37",
    "FLOAT32, 9, 3, 1100",
    "FLOAT32, 2, 2, 90",
    "FLOAT32, 2, 2, 1100",
    "FLOAT32, 14, 2, 530",
    "BFLOAT16, 9, 3, 37",
    "BFLOAT16, 9, 3, 1100",
    "BFLOAT16, 2, 2, 90",
    "BFLOAT16, 2, 2, 1100",
    "BFLOAT16, 14, 2, 530"
  })
  void decode_sequenceInAnyCompany_hasTheSameBits(
      NumberType type, int heads, int kvHeads, int promptLength) {
    try (Engine engine = engine(type);
        Watched watched =
            new Watched(engine, AttentionShape.of(heads, kvHeads, 64), promptLength)) {
      float[][] alone = watched.decode(0, 0);
      for (int others : new int[] {1, 4, 40}) {
        for (int ahead : new int[] {0, 40}) {
          float[][] among = watched.decode(others, ahead);
          for (int step = 0; step < alone.length; step++) {
            Close.assertSame(
                "step " + step + " among " + others + ", " + ahead + " tokens ahead",
                among[step],
                alone[step]);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(NumberType.class)
  void head_rowsAloneOrWithOthersOrWithBackward_haveTheSameBits(NumberType type) {
    int all = 1100;
    int[] targets = IntStream.range(0, all).map(i -> i * 37 % 2049).toArray();
    try (Engine engine = engine(type);
        Tensor hidden = random(engine, 6, all, 96);
        Tensor head = random(engine, 7, 2049, 96);
        Tensor dHidden = engine.allocate(all, 96);
        Tensor dHead = engine.allocate(2049, 96)) {
      HeadRows every = new HeadRows(IntStream.range(0, all).toArray(), targets);
      TokenScores among = engine.tokenLogProbs(hidden, head, every, 0.7);
      TokenScores withBackward =
          engine.tokenLogProbs(
              hidden,
              head,
              every,
              0.7,
              new HeadBackward<>((i, logProb) -> -1, dHidden, TableGradient.whole(dHead)));
      Close.assertSame("with backward", withBackward.logProbs(), among.logProbs());
      Close.assertSame("entropies with backward", withBackward.entropies(), among.entropies());
      for (int rows : new int[] {1, 2, 15, 17, 64, 300, 700}) {
        HeadRows some =
            new HeadRows(
                IntStream.range(5, 5 + rows).toArray(), Arrays.copyOfRange(targets, 5, 5 + rows));
        TokenScores alone = engine.tokenLogProbs(hidden, head, some, 0.7);
        Close.assertSame(
            rows + " rows, logProbs",
            alone.logProbs(),
            Arrays.copyOfRange(among.logProbs(), 5, 5 + rows));
        Close.assertSame(
            rows + " rows, entropies",
            alone.entropies(),
            Arrays.copyOfRange(among.entropies(), 5, 5 + rows));
      }
    }
  }

  /** A sequence of the second of two prompts; what it is fed is the same in every company. */
  private static final class Watched implements AutoCloseable {
    private static final int STEPS = 70;

    private final Engine engine;
    private final AttentionShape shape;
    private final Segments prompts;
    private final Tensor k;
    private final Tensor v;

    Watched(Engine engine, AttentionShape shape, int promptLength) {
      this.engine = engine;
      this.shape = shape;
      this.prompts = Segments.ofLengths(20, promptLength);
      int narrow = shape.kvHeads() * shape.headDim();
      this.k = random(engine, 3, prompts.tokens(), narrow);
      this.v = random(engine, 4, prompts.tokens(), narrow);
    }

    /**
     * Its outputs.
     *
     * @param others sequences of its prompt beside it, and as many of the other prompt
     * @param ahead steps that the others have done when it joins
     */
    float[][] decode(int others, int ahead) {
      float[][] outputs = new float[STEPS][];
      try (KvCache cache = engine.kvCache(1, shape, STEPS + ahead)) {
        if (others > 0) {
          int[] promptOf = new int[2 * others];
          Arrays.fill(promptOf, others, promptOf.length, 1);
          cache.join(promptOf);
          cache.putPrompts(0, k, v, prompts);
          for (int step = 0; step < ahead; step++) {
            attend(cache, 2 * others, "ahead", step);
          }
          cache.join(new int[] {1});
        } else {
          cache.join(new int[] {1});
          cache.putPrompts(0, k, v, prompts);
        }
        for (int step = 0; step < STEPS; step++) {
          outputs[step] = attend(cache, 2 * others + 1, "with it", step);
        }
      }
      return outputs;
    }

    /** One step; returns the output of the last sequence, whose inputs depend on the step only. */
    private float[] attend(KvCache cache, int live, String phase, int step) {
      int wide = shape.heads() * shape.headDim();
      int narrow = shape.kvHeads() * shape.headDim();
      try (Tensor q = engine.allocate(live, wide);
          Tensor newK = engine.allocate(live, narrow);
          Tensor newV = engine.allocate(live, narrow);
          Tensor out = engine.allocate(live, wide)) {
        for (int s = 0; s < live; s++) {
          int fromEnd = live - s;
          fill(q.rowsView(s, s + 1), SeedTree.at(5, "q" + phase, step, fromEnd));
          fill(newK.rowsView(s, s + 1), SeedTree.at(5, "k" + phase, step, fromEnd));
          fill(newV.rowsView(s, s + 1), SeedTree.at(5, "v" + phase, step, fromEnd));
        }
        cache.attend(0, new Qkv<>(q, newK, newV), out);
        cache.advance();
        return out.rowsView(live - 1, live).toFloats();
      }
    }

    @Override
    public void close() {
      k.close();
      v.close();
    }
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
