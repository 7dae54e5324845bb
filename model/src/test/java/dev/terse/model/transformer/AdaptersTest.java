package dev.terse.model.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.Engine;
import dev.terse.engine.HeadRows;
import dev.terse.engine.SeedTree;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.model.EngineUnderTest;
import dev.terse.model.TinyModel;
import dev.terse.model.adapter.LoraSettings;
import dev.terse.model.folder.PeftAdapter;
import dev.terse.model.weights.LayerProjection;
import dev.terse.model.weights.PackedBatch;
import dev.terse.model.weights.Parameters;
import dev.terse.model.weights.WeightShapes;
import dev.terse.testkit.GradientChecker;
import dev.terse.testkit.TestSeed;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds of adapters whatever their numbers say. */
class AdaptersTest {
  private static final long SEED = TestSeed.of("AdaptersTest");
  private static final int TOKEN = 7;

  /** Kinds of adapters, all with dropout. */
  enum Kind {
    LORA(false, false),
    RSLORA(true, false),
    DORA(false, true);

    private final boolean useRslora;
    private final boolean useDora;

    Kind(boolean useRslora, boolean useDora) {
      this.useRslora = useRslora;
      this.useDora = useDora;
    }

    LoraSettings settings(Set<LayerProjection> targets) {
      return new LoraSettings(3, 5, 0.3, targets, useRslora, useDora);
    }
  }

  static Stream<Arguments> kindsOnEngines() {
    return Arrays.stream(Kind.values())
        .flatMap(
            kind ->
                Arrays.stream(EngineUnderTest.values()).map(under -> Arguments.of(kind, under)));
  }

  @ParameterizedTest
  @EnumSource
  void gradients_ofEveryNumberWithAndWithoutDropout_equalFiniteDifferences(Kind kind) {
    PackedBatch batch = batch(6, 9);
    try (Engine engine = new ReferenceEngine();
        Decoder decoder = moved(TinyModel.LLAMA_BIAS, engine, kind)) {
      for (PackedBatch each : List.of(batch, batch.withDropout(SEED, new int[] {3, 1}))) {
        try (Parameters gradients = decoder.trained().zerosLike(engine)) {
          PeftAdapter.meanNll(decoder, each, gradients, false);
          for (String name : gradients.names()) {
            assertGradient(decoder, each, name, gradients.get(name).toDoubles());
          }
        }
      }
    }
  }

  /**
   * DoRA takes the rows' lengths for constants, so here m moves along with A and B: m / |…| stays.
   */
  private static void assertGradient(
      Decoder decoder, PackedBatch batch, String name, double[] gradient) {
    Tensor tensor = decoder.trained().get(name);
    double[] point = tensor.toDoubles();
    String module = name.replaceAll("\\.lora_.*", "");
    Tensor magnitude =
        name.endsWith(WeightShapes.MAGNITUDE)
            ? null
            : decoder.trained().getOrNull(module + WeightShapes.MAGNITUDE);
    double[] lengths = magnitude == null ? null : lengths(decoder, module);
    double[] magnitudes = magnitude == null ? null : magnitude.toDoubles();
    GradientChecker.assertGradient(
        name,
        point,
        moved -> {
          tensor.setDoubles(moved);
          if (magnitude != null) {
            double[] now = lengths(decoder, module);
            for (int o = 0; o < now.length; o++) {
              now[o] *= magnitudes[o] / lengths[o];
            }
            magnitude.setDoubles(now);
          }
          return meanNll(decoder, batch);
        },
        gradient,
        1e-7,
        SeedTree.at(SEED, name));
    tensor.setDoubles(point);
    if (magnitude != null) {
      magnitude.setDoubles(magnitudes);
    }
  }

  /** Lengths of the rows of w + s·B·A, from the matrix itself. */
  private static double[] lengths(Decoder decoder, String module) {
    Tensor w = decoder.weights().get(module + ".weight");
    double[] values = w.toDoubles();
    double[] a = decoder.trained().get(module + WeightShapes.LORA_A).toDoubles();
    double[] b = decoder.trained().get(module + WeightShapes.LORA_B).toDoubles();
    LoraSettings settings = decoder.adapters().orElseThrow().settings();
    double scale = settings.modules(decoder.config()).get(0).scale(); // that of every module
    int inputs = w.rowSize();
    double[] lengths = new double[w.rows()];
    for (int o = 0; o < lengths.length; o++) {
      for (int i = 0; i < inputs; i++) {
        double value = values[o * inputs + i];
        for (int k = 0; k < settings.rank(); k++) {
          value += scale * b[k * lengths.length + o] * a[k * inputs + i];
        }
        lengths[o] += value * value;
      }
      lengths[o] = Math.sqrt(lengths[o]);
    }
    return lengths;
  }

  @ParameterizedTest
  @MethodSource("kindsOnEngines")
  void adapters_fresh_changeNothing(Kind kind, EngineUnderTest under) {
    PackedBatch batch = batch(12, 20);
    // The reference begins its sums with the bias, which DoRA must add behind them.
    double allowed = under == EngineUnderTest.REFERENCE ? 1e-12 : 0;
    try (Engine engine = under.open();
        Decoder plain = TinyModel.QWEN2.open(engine);
        Decoder adapted = adapted(TinyModel.QWEN2, engine, kind).build()) {
      assertThat(score(adapted, batch).entropies())
          .containsExactly(score(plain, batch).entropies(), within(allowed));
    }
  }

  @ParameterizedTest
  @MethodSource("kindsOnEngines")
  void gradients_recomputedWithDropout_haveTheSameBitsAsKept(Kind kind, EngineUnderTest under) {
    // 1,050 rows: more than the feed-forward of a pass that keeps nothing takes at a time
    PackedBatch batch =
        batch(IntStream.generate(() -> 21).limit(50).toArray())
            .withDropout(SEED, IntStream.range(0, 50).toArray());
    try (Engine engine = under.open();
        Decoder decoder = moved(TinyModel.QWEN3, engine, kind);
        Parameters kept = decoder.trained().zerosLike(engine);
        Parameters recomputed = decoder.trained().zerosLike(engine)) {
      TokenScores first = PeftAdapter.meanNll(decoder, batch, kept, false);
      TokenScores second = PeftAdapter.meanNll(decoder, batch, recomputed, true);

      assertThat(second.logProbs()).containsExactly(first.logProbs());
      assertThat(score(decoder, batch).logProbs()).containsExactly(first.logProbs());
      for (String name : kept.names()) {
        assertThat(recomputed.get(name).toDoubles())
            .as("gradient of %s", name)
            .containsExactly(kept.get(name).toDoubles());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kindsOnEngines")
  void dropout_ofASequence_dependsOnItsNumberNotOnItsBatch(Kind kind, EngineUnderTest under) {
    int[] numbers = {4, 0, 9};
    PackedBatch together = batch(12, 5, 20).withDropout(SEED, numbers);
    try (Engine engine = under.open();
        Decoder decoder = moved(TinyModel.LLAMA, engine, kind);
        Parameters packed = decoder.trained().zerosLike(engine);
        Parameters apart = decoder.trained().zerosLike(engine)) {
      double[] logProbs = logProbs(decoder, together, packed);
      for (int s : new int[] {2, 0, 1}) {
        int from = together.segments().start(s);
        int[] ids = Arrays.copyOfRange(together.ids(), from, together.segments().end(s));
        PackedBatch alone = PackedBatch.of(List.of(ids)).withDropout(SEED, new int[] {numbers[s]});
        double[] own = logProbs(decoder, alone, apart);
        assertThat(Arrays.copyOfRange(logProbs, from, from + ids.length - 1))
            .containsExactly(Arrays.copyOf(own, ids.length - 1), within(under.tolerance()));
      }
      assertClose(packed, apart, under);
      assertThat(logProbs[0]).isNotEqualTo(score(decoder, batch(12, 5, 20)).logProbs()[0]);
    }
  }

  /**
   * Adds gradients of a loss that does not depend on the batch, and gives the log-probabilities.
   */
  private static double[] logProbs(Decoder decoder, PackedBatch batch, Parameters gradients) {
    return decoder
        .accumulate(
            batch,
            HeadRows.all(batch.ids(), batch.segments()),
            0.9,
            (index, logProb) -> 0.1 * logProb,
            gradients,
            false)
        .logProbs();
  }

  @ParameterizedTest
  @MethodSource("kindsOnEngines")
  void decoding_withAdapters_equalsFullForward(Kind kind, EngineUnderTest under) {
    List<int[]> prompts = List.of(batch(9).ids());
    try (Engine engine = under.open();
        Decoder decoder = moved(TinyModel.QWEN3, engine, kind);
        Decoding decoding = decoder.decode(4)) {
      decoding.join(prompts, new int[] {0, 0});
      int[] text = prompts.get(0);
      for (int step = 0; step < 4; step++) {
        double[] drawn = decoding.logits().rowsView(1, 2).toDoubles();
        try (Tensor logits = decoder.logits(PackedBatch.of(List.of(text)))) {
          assertThat(drawn)
              .containsExactly(
                  logits.rowsView(text.length - 1, text.length).toDoubles(),
                  within(20 * under.tolerance()));
        }
        text = Arrays.copyOf(text, text.length + 1);
        text[text.length - 1] = TOKEN;
        decoding.step(new int[] {step, TOKEN});
      }
    }
  }

  @Test
  void trained_withAdapters_areTheirNumbersAndNothingOfTheBase() {
    LoraSettings settings =
        Kind.DORA.settings(EnumSet.of(LayerProjection.Q_PROJ, LayerProjection.DOWN_PROJ));
    try (Engine engine = new ReferenceEngine();
        Decoder decoder =
            TinyModel.QWEN2
                .builder(engine)
                .withAdapters(settings, "base", new int[] {TOKEN}, SEED)
                .build()) {
      assertThat(decoder.trained().names())
          .hasSize(2 + 2 * 2 * 3)
          .contains(
              "model.embed_tokens.token_adapter.trainable_tokens_delta",
              "lm_head.token_adapter.trainable_tokens_delta",
              "model.layers.1.mlp.down_proj.lora_A.weight")
          .noneMatch(decoder.weights()::has);
      assertThat(decoder.trainedParameterCount())
          .isEqualTo(settings.trainedParameterCount(decoder.config(), 1));
      assertThat(decoder.trained().get("lm_head.token_adapter.trainable_tokens_delta").toDoubles())
          .containsExactly(
              decoder.weights().get("lm_head.weight").rowsView(TOKEN, TOKEN + 1).toDoubles());
      try (DecoderBuilder builder = adapted(TinyModel.QWEN2, engine, Kind.DORA)) {
        assertThatThrownBy(() -> builder.withTokenRow(3))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("this decoder has adapters already");
      }
    }
  }

  @Test
  void training_ofAdapters_leavesTheBaseAsItIs() {
    PackedBatch batch = batch(20);
    try (Engine engine = new ReferenceEngine();
        Decoder plain = TinyModel.LLAMA.open(engine);
        Decoder decoder = moved(TinyModel.LLAMA, engine, Kind.LORA);
        Parameters gradients = decoder.trained().zerosLike(engine)) {
      PeftAdapter.meanNll(decoder, batch, gradients, true);
      for (String name : plain.weights().names()) {
        Tensor before = plain.weights().get(name);
        Tensor after = decoder.weights().get(name);
        for (int r = 0; r < before.rows(); r++) {
          boolean trained = name.equals("model.embed_tokens.weight") && r == TOKEN;
          assertThat(Arrays.equals(row(before, r), row(after, r))).isEqualTo(!trained);
        }
      }
    }
  }

  @Test
  void firstNumbers_ofOneSeed_areThoseOfPeft() {
    try (Engine engine = new ReferenceEngine();
        Decoder one = adapted(TinyModel.LLAMA, engine, Kind.DORA).build();
        Decoder same = adapted(TinyModel.LLAMA, engine, Kind.DORA).build()) {
      String module = "model.layers.0.mlp.gate_proj";
      double[] a = one.trained().get(module + WeightShapes.LORA_A).toDoubles();
      assertThat(a).containsExactly(same.trained().get(module + WeightShapes.LORA_A).toDoubles());
      double bound = 1 / Math.sqrt(36); // Kaiming uniform with a = √5
      assertThat(Arrays.stream(a)).allMatch(value -> Math.abs(value) <= bound);
      double deviation = Math.sqrt(Arrays.stream(a).map(v -> v * v).average().orElseThrow());
      assertThat(deviation).isCloseTo(bound / Math.sqrt(3), within(bound / 8));
      assertThat(one.trained().get(module + WeightShapes.LORA_B).toDoubles()).containsOnly(0.0);
      assertThat(one.trained().get(module + WeightShapes.MAGNITUDE).toDoubles())
          .containsExactly(lengths(one, module), within(1e-12));
    }
  }

  @ParameterizedTest
  @EnumSource
  void merged_inDouble_equalsUnmerged(Kind kind) {
    PackedBatch batch = batch(15);
    try (Engine engine = new ReferenceEngine()) {
      double[] expected;
      try (Decoder decoder = moved(TinyModel.QWEN2, engine, kind)) {
        expected = score(decoder, batch).logProbs();
      }
      try (Decoder merged = movedBuilder(TinyModel.QWEN2, engine, kind).merged().build()) {
        assertThat(merged.adapters()).isEmpty();
        assertThat(Arrays.copyOf(score(merged, batch).logProbs(), 14))
            .containsExactly(Arrays.copyOf(expected, 14), within(1e-10));
      }
    }
  }

  /** Fresh adapters on all projections. */
  private static DecoderBuilder adapted(TinyModel model, Engine engine, Kind kind) {
    return model
        .builder(engine)
        .withAdapters(
            kind.settings(EnumSet.allOf(LayerProjection.class)), "base", new int[] {TOKEN}, SEED);
  }

  private static Decoder moved(TinyModel model, Engine engine, Kind kind) {
    return movedBuilder(model, engine, kind).build();
  }

  /** Adapters as after some training: every number has moved. */
  private static DecoderBuilder movedBuilder(TinyModel model, Engine engine, Kind kind) {
    DecoderBuilder decoder = adapted(model, engine, kind);
    decoder
        .adapters()
        .orElseThrow()
        .trained()
        .tensors()
        .forEach(
            (name, tensor) -> {
              double[] values = tensor.toDoubles();
              for (int i = 0; i < values.length; i++) {
                values[i] =
                    (float) (values[i] + 0.1 * SeedTree.gaussian(SeedTree.at(SEED, name, i)));
              }
              tensor.setDoubles(values);
            });
    return decoder;
  }

  private static PackedBatch batch(int... lengths) {
    return PackedBatch.of(
        IntStream.range(0, lengths.length)
            .mapToObj(
                s ->
                    IntStream.range(0, lengths[s])
                        .map(
                            i ->
                                i % 4 == 2
                                    ? TOKEN
                                    : SeedTree.below(SeedTree.at(SEED, "ids", s, i), 280))
                        .toArray())
            .toList());
  }

  private static TokenScores score(Decoder decoder, PackedBatch batch) {
    return decoder.score(batch, HeadRows.all(batch.ids(), batch.segments()), 1.0);
  }

  private static double meanNll(Decoder decoder, PackedBatch batch) {
    return -Arrays.stream(score(decoder, batch).logProbs())
        .filter(logProb -> !Double.isNaN(logProb))
        .average()
        .orElseThrow();
  }

  private static double[] row(Tensor tensor, int row) {
    return tensor.rowsView(row, row + 1).toDoubles();
  }

  private static void assertClose(Parameters found, Parameters expected, EngineUnderTest under) {
    Map<String, Double> problems = new TreeMap<>();
    for (String name : expected.names()) {
      double[] a = found.get(name).toDoubles();
      double[] b = expected.get(name).toDoubles();
      double scale = Arrays.stream(b).map(Math::abs).max().orElseThrow();
      for (int i = 0; i < a.length; i++) {
        if (!(Math.abs(a[i] - b[i]) <= under.tolerance() * scale)) {
          problems.put(name, Math.abs(a[i] - b[i]) / scale);
        }
      }
    }
    assertThat(problems).isEmpty();
  }
}
