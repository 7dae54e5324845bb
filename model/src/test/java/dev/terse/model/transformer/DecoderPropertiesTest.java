package dev.terse.model.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.Engine;
import dev.terse.engine.HeadRows;
import dev.terse.engine.SeedTree;
import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.model.EngineUnderTest;
import dev.terse.model.GoldenModel;
import dev.terse.model.RopeModel;
import dev.terse.model.TinyModel;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.PackedBatch;
import dev.terse.model.weights.Parameters;
import dev.terse.testkit.TestSeed;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds of a decoder whatever its weights say. */
class DecoderPropertiesTest {
  private static final long SEED = TestSeed.of("DecoderPropertiesTest");

  @ParameterizedTest
  @MethodSource("dev.terse.model.transformer.DecoderGoldenTest#allModelsOnEngines")
  void packedBatch_severalSequences_equalsEachAlone(GoldenModel model, EngineUnderTest under) {
    List<int[]> sequences = sequences(model, 17, 1, 6, 30);
    try (Engine engine = under.open();
        Decoder decoder = model.open(engine);
        Parameters together = decoder.weights().zerosLike(engine);
        Parameters apart = decoder.weights().zerosLike(engine)) {
      PackedBatch batch = PackedBatch.of(sequences);
      TokenScores packed = accumulate(decoder, batch, together, false);
      for (int s = 0; s < sequences.size(); s++) {
        PackedBatch alone = PackedBatch.of(List.of(sequences.get(s)));
        TokenScores single = accumulate(decoder, alone, apart, false);
        for (int i = 0; i < sequences.get(s).length; i++) {
          int row = batch.segments().start(s) + i;
          assertClose(packed.logProbs()[row], single.logProbs()[i], under);
          assertClose(packed.entropies()[row], single.entropies()[i], under);
        }
      }
      assertGradientsClose(together, apart, under);
    }
  }

  /** There a shared token is turned otherwise in each sequence. */
  @Test
  void sharedPrefix_beyondTheWindowOfDynamicScaling_isRefused() {
    try (Engine engine = new ReferenceEngine();
        Decoder decoder = RopeModel.DYNAMIC.open(engine)) {
      int[] prefixes = {-1, 0, 0};
      List<int[]> within = sequences(RopeModel.DYNAMIC, 9, 5, 7);
      decoder.logits(PackedBatch.continuing(within, prefixes)).close();
      List<int[]> beyond = sequences(RopeModel.DYNAMIC, 9, 5, 8);
      assertThatThrownBy(() -> decoder.logits(PackedBatch.continuing(beyond, prefixes)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("sequence 2 has 17 tokens: beyond the window of dynamic rope");
    }
  }

  @Test
  void sequence_longerThanASlidingWindow_isRefusedByName() {
    try (Engine engine = new ReferenceEngine();
        Decoder decoder = RopeModel.MISTRAL.open(engine)) {
      assertThatThrownBy(() -> decoder.logits(PackedBatch.of(sequences(RopeModel.MISTRAL, 49))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "sequence 0 needs 49 positions, the model has 48 (sliding_window: attention here is"
                  + " full, which is the same up to there): shorten or drop it");
    }
  }

  /** What sequences share is computed once, and the result is that of writing it out for each. */
  @ParameterizedTest
  @MethodSource("dev.terse.model.transformer.DecoderGoldenTest#modelsOnEngines")
  void sharedPrefix_severalContinuations_equalsEachWrittenOut(
      TinyModel model, EngineUnderTest under) {
    List<int[]> parts = sequences(model, 9, 5, 12, 1, 7, 3);
    int[] prefixes = {-1, 0, 0, 0, -1, 4};
    PackedBatch shared = PackedBatch.continuing(parts, prefixes);
    int[] continuations = {1, 2, 3, 5};
    PackedBatch apart =
        PackedBatch.of(
            Arrays.stream(continuations)
                .mapToObj(s -> joined(parts.get(prefixes[s]), parts.get(s)))
                .toList());
    int[] own = Arrays.stream(continuations).map(s -> parts.get(s).length).toArray();
    try (Engine engine = under.open();
        Decoder decoder = model.open(engine);
        Parameters ofShared = decoder.weights().zerosLike(engine);
        Parameters ofApart = decoder.weights().zerosLike(engine)) {
      for (boolean recompute : new boolean[] {false, true}) {
        TokenScores once =
            accumulate(decoder, shared, lastTokens(shared, own), ofShared, recompute);
        TokenScores each = accumulate(decoder, apart, lastTokens(apart, own), ofApart, recompute);
        assertClose(once.logProbs(), each.logProbs(), under);
        assertClose(once.entropies(), each.entropies(), under);
      }
      assertGradientsClose(ofShared, ofApart, under);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.terse.model.transformer.DecoderGoldenTest#modelsOnEngines")
  void gradients_recomputed_haveTheSameBitsAsKept(TinyModel model, EngineUnderTest under) {
    PackedBatch batch = PackedBatch.of(sequences(model, 12, 25));
    try (Engine engine = under.open();
        Decoder decoder = model.open(engine);
        Parameters kept = decoder.weights().zerosLike(engine);
        Parameters recomputed = decoder.weights().zerosLike(engine)) {
      TokenScores first = accumulate(decoder, batch, kept, false);
      TokenScores second = accumulate(decoder, batch, recomputed, true);

      assertThat(second.logProbs()).containsExactly(first.logProbs());
      for (String name : kept.names()) {
        assertThat(recomputed.get(name).toDoubles())
            .as("gradient of %s", name)
            .containsExactly(kept.get(name).toDoubles());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.terse.model.transformer.DecoderGoldenTest#modelsOnEngines")
  void score_moreRowsThanTheFeedForwardTakesAtATime_hasTheBitsOfTheForwardThatKeeps(
      TinyModel model, EngineUnderTest under) {
    int[] lengths = IntStream.generate(() -> 21).limit(50).toArray(); // 1,050 rows
    PackedBatch batch = PackedBatch.of(sequences(model, lengths));
    try (Engine engine = under.open();
        Decoder decoder = model.open(engine);
        Parameters gradients = decoder.weights().zerosLike(engine)) {
      TokenScores kept = accumulate(decoder, batch, gradients, false);
      TokenScores passing = decoder.score(batch, HeadRows.all(batch.ids(), batch.segments()), 0.9);
      assertThat(Arrays.mismatch(passing.logProbs(), kept.logProbs())).isEqualTo(-1);
      assertThat(Arrays.mismatch(passing.entropies(), kept.entropies())).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.terse.model.transformer.DecoderGoldenTest#modelsOnEngines")
  void decoding_groupsOfSharedPrompts_equalsFullForward(TinyModel model, EngineUnderTest under) {
    List<int[]> prompts = sequences(model, 11, 4);
    int[] promptOf = {0, 0, 0, 1, 1};
    int steps = 7;
    try (Engine engine = under.open();
        Decoder decoder = model.open(engine);
        Decoding decoding = decoder.decode(steps)) {
      decoding.join(prompts, promptOf);
      int[][] texts =
          Arrays.stream(promptOf).mapToObj(p -> prompts.get(p).clone()).toArray(int[][]::new);
      for (int step = 0; step < steps; step++) {
        assertThat(decoding.live()).isEqualTo(texts.length);
        double[] logits = decoding.logits().toDoubles();
        assertClose(logits, lastLogits(decoder, texts), under);
        if (step == 3) { // the second and the last sequence end
          decoding.keep(new int[] {0, 2, 3});
          texts = new int[][] {texts[0], texts[2], texts[3]};
        }
        int[] next = new int[texts.length];
        for (int b = 0; b < next.length; b++) {
          next[b] =
              SeedTree.below(SeedTree.at(SEED, "next", step, b), decoder.config().vocabSize());
          texts[b] = Arrays.copyOf(texts[b], texts[b].length + 1);
          texts[b][texts[b].length - 1] = next[b];
        }
        decoding.step(next);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.terse.model.transformer.DecoderGoldenTest#modelsOnEngines")
  void decoding_sequencesThatJoinLater_equalFullForward(TinyModel model, EngineUnderTest under) {
    List<int[]> prompts = sequences(model, 6, 3, 9);
    try (Engine engine = under.open();
        Decoder decoder = model.open(engine);
        Decoding decoding = decoder.decode(4)) {
      decoding.join(prompts.subList(0, 2), new int[] {0, 1});
      decoding.step(new int[] {5, 6});
      decoding.join(prompts.subList(2, 3), new int[] {1, 2, 2});
      int[][] joined = {prompts.get(1), prompts.get(2), prompts.get(2)};
      assertClose(decoding.logits().toDoubles(), lastLogits(decoder, joined), under);

      decoding.keep(new int[] {0, 2, 4});
      assertThat(decoding.live()).isEqualTo(3);
      decoding.step(new int[] {7, 8, 9});
      int[][] texts = {
        longer(prompts.get(0), 5, 7), longer(prompts.get(1), 8), longer(prompts.get(2), 9)
      };
      assertClose(decoding.logits().toDoubles(), lastLogits(decoder, texts), under);
    }
  }

  private static int[] longer(int[] ids, int... more) {
    return IntStream.concat(Arrays.stream(ids), Arrays.stream(more)).toArray();
  }

  @ParameterizedTest
  @EnumSource
  void score_temperature_dividesTheLogits(EngineUnderTest under) {
    PackedBatch batch = PackedBatch.of(sequences(TinyModel.QWEN2, 8));
    HeadRows rows = new HeadRows(new int[] {2, 5}, new int[] {7, HeadRows.NO_TARGET});
    try (Engine engine = under.open();
        Decoder decoder = TinyModel.QWEN2.open(engine);
        Tensor logits = decoder.logits(batch)) {
      TokenScores scores = decoder.score(batch, rows, 0.6);

      double[] row = logits.rowsView(2, 3).toDoubles();
      double sum = Arrays.stream(row).map(x -> Math.exp(x / 0.6)).sum();
      assertClose(scores.logProbs()[0], row[7] / 0.6 - Math.log(sum), under);
      assertThat(scores.logProbs()[1]).isNaN();
      assertThat(scores.entropies()).hasSize(2).doesNotContain(Double.NaN);
    }
  }

  @ParameterizedTest
  @EnumSource
  void sequence_longerThanPositions_isRefusedByNumber(EngineUnderTest under) {
    try (Engine engine = under.open();
        Decoder decoder = TinyModel.LLAMA.open(engine)) {
      PackedBatch batch = PackedBatch.of(List.of(new int[3], new int[257]));
      assertThatThrownBy(() -> decoder.score(batch, HeadRows.all(batch.ids(), batch.segments()), 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "sequence 1 needs 257 positions, the model has 256 (max_position_embeddings):"
                  + " shorten or drop it");
      try (Decoding decoding = decoder.decode(57)) {
        assertThatThrownBy(() -> decoding.join(List.of(new int[257]), new int[] {0}))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("sequence 0 needs 257 positions");
        decoding.join(List.of(new int[256]), new int[] {0});
        assertThatThrownBy(() -> decoding.step(new int[1]))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("sequence 0 needs 257 positions");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void random_sameSeed_hasTheSameBitsAndTheSpreadOfTheConfig(EngineUnderTest under) {
    DecoderConfig config = DecoderConfig.of(TinyModel.QWEN2.folder().resolve("config.json"));
    try (Engine engine = under.open();
        Decoder a = Decoder.random(engine, config, SEED);
        Decoder b = Decoder.random(engine, config, SEED);
        Decoder c = Decoder.random(engine, config, SEED + 1)) {
      for (String name : a.weights().names()) {
        assertThat(a.weights().get(name).toFloats())
            .as(name)
            .containsExactly(b.weights().get(name).toFloats());
      }
      double[] embedding = a.weights().get("model.embed_tokens.weight").toDoubles();
      assertThat(embedding).isNotEqualTo(c.weights().get("model.embed_tokens.weight").toDoubles());
      double variance = Arrays.stream(embedding).map(x -> x * x).average().orElseThrow();
      // 10,800 draws: the standard deviation is known to within 1 %, five such errors are allowed.
      assertThat(Math.sqrt(variance)).isCloseTo(0.02, within(0.001));
      assertThat(a.weights().get("model.norm.weight").toDoubles()).containsOnly(1.0);
      assertThat(a.weights().get("model.layers.1.self_attn.q_proj.bias").toDoubles())
          .containsOnly(0.0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void sharedPrefix_withItsContinuationLongerThanPositions_isRefused(EngineUnderTest under) {
    try (Engine engine = under.open();
        Decoder decoder = TinyModel.LLAMA.open(engine)) {
      PackedBatch batch =
          PackedBatch.continuing(List.of(new int[200], new int[57]), new int[] {-1, 0});
      assertThatThrownBy(() -> decoder.score(batch, HeadRows.all(batch.ids(), batch.segments()), 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("sequence 1 needs 257 positions, the model has 256");
    }
  }

  private static TokenScores accumulate(
      Decoder decoder, PackedBatch batch, Parameters gradients, boolean recompute) {
    HeadRows all = HeadRows.all(batch.ids(), batch.segments());
    return accumulate(decoder, batch, all, gradients, recompute);
  }

  private static TokenScores accumulate(
      Decoder decoder, PackedBatch batch, HeadRows rows, Parameters gradients, boolean recompute) {
    return decoder.accumulate(
        batch, rows, 0.9, (index, logProb) -> 0.1 * logProb, gradients, recompute);
  }

  /**
   * Predictions inside the last tokens of each sequence.
   *
   * @param counts of these tokens for each segment that is no prefix
   */
  private static HeadRows lastTokens(PackedBatch batch, int[] counts) {
    Segments segments = batch.segments();
    int[] ends =
        IntStream.range(0, segments.count())
            .filter(s -> !segments.isPrefix(s))
            .map(segments::end)
            .toArray();
    int[] rows =
        IntStream.range(0, ends.length)
            .flatMap(k -> IntStream.range(ends[k] - counts[k], ends[k] - 1))
            .toArray();
    return new HeadRows(rows, Arrays.stream(rows).map(row -> batch.ids()[row + 1]).toArray());
  }

  private static int[] joined(int[] first, int[] second) {
    return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
  }

  /** Logits after the last token of each text, one forward a text. */
  private static double[] lastLogits(Decoder decoder, int[][] texts) {
    return Arrays.stream(texts)
        .flatMapToDouble(
            text -> {
              try (Tensor logits = decoder.logits(PackedBatch.of(List.of(text)))) {
                return Arrays.stream(logits.rowsView(text.length - 1, text.length).toDoubles());
              }
            })
        .toArray();
  }

  private static List<int[]> sequences(GoldenModel model, int... lengths) {
    int vocabSize = DecoderConfig.of(model.folder().resolve("config.json")).vocabSize();
    return IntStream.range(0, lengths.length)
        .mapToObj(
            s ->
                IntStream.range(0, lengths[s])
                    .map(i -> SeedTree.below(SeedTree.at(SEED, "ids", s, i), vocabSize))
                    .toArray())
        .toList();
  }

  /** Within the engine's tolerance of each tensor's largest element. */
  private static void assertGradientsClose(
      Parameters found, Parameters expected, EngineUnderTest under) {
    for (String name : found.names()) {
      double[] gradient = expected.get(name).toDoubles();
      double scale = Arrays.stream(gradient).map(Math::abs).max().orElseThrow();
      assertThat(found.get(name).toDoubles())
          .as("gradient of %s", name)
          .containsExactly(gradient, within(under.tolerance() * scale));
    }
  }

  private static void assertClose(double found, double expected, EngineUnderTest under) {
    if (Double.isNaN(expected)) {
      assertThat(found).isNaN();
    } else {
      assertThat(found).isCloseTo(expected, within(under.tolerance()));
    }
  }

  private static void assertClose(double[] found, double[] expected, EngineUnderTest under) {
    assertThat(found).containsExactly(expected, within(under.tolerance()));
  }
}
