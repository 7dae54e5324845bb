package dev.terse.model.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.Engine;
import dev.terse.engine.HeadRows;
import dev.terse.engine.TokenScores;
import dev.terse.model.EngineUnderTest;
import dev.terse.model.GoldenModel;
import dev.terse.model.GoldenModel.Golden;
import dev.terse.model.RopeModel;
import dev.terse.model.TinyModel;
import dev.terse.model.safetensors.SafetensorsWeights;
import dev.terse.model.safetensors.WeightSource;
import dev.terse.model.weights.PackedBatch;
import dev.terse.model.weights.Parameters;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family and every rope scaling on every engine against transformers in float64. */
class DecoderGoldenTest {

  static Stream<Arguments> modelsOnEngines() {
    return onEngines(Arrays.stream(TinyModel.values()));
  }

  static Stream<Arguments> allModelsOnEngines() {
    return onEngines(
        Stream.<GoldenModel[]>of(TinyModel.values(), RopeModel.values()).flatMap(Arrays::stream));
  }

  private static Stream<Arguments> onEngines(Stream<GoldenModel> models) {
    return models.flatMap(
        model ->
            Arrays.stream(EngineUnderTest.values()).map(engine -> Arguments.of(model, engine)));
  }

  @ParameterizedTest
  @MethodSource("allModelsOnEngines")
  void logProbsAndEntropies_tinyModel_equalTransformers(GoldenModel model, EngineUnderTest under) {
    Golden golden = model.golden();
    PackedBatch batch = PackedBatch.of(golden.sequences());
    try (Engine engine = under.open();
        Decoder decoder = model.open(engine)) {
      TokenScores scores = decoder.score(batch, HeadRows.all(batch.ids(), batch.segments()), 1.0);

      for (int s = 0; s < golden.sequences().size(); s++) {
        int from = batch.segments().start(s);
        int to = batch.segments().end(s);
        assertThat(Arrays.copyOfRange(scores.logProbs(), from, to - 1))
            .as("log-probabilities of sequence %d", s)
            .containsExactly(golden.logProbs().get(s), within(under.tolerance()));
        assertThat(scores.logProbs()[to - 1]).as("the last token has no target").isNaN();
        assertThat(Arrays.copyOfRange(scores.entropies(), from, to))
            .as("entropies of sequence %d", s)
            .containsExactly(golden.entropies().get(s), within(under.tolerance()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("allModelsOnEngines")
  void gradients_meanNll_equalTransformers(GoldenModel model, EngineUnderTest under) {
    Golden golden = model.golden();
    PackedBatch batch = PackedBatch.of(golden.sequences());
    int predicted = batch.ids().length - golden.sequences().size();
    try (Engine engine = under.open();
        Decoder decoder = model.open(engine);
        Parameters gradients = decoder.weights().zerosLike(engine);
        WeightSource expected =
            SafetensorsWeights.open(model.folder().resolve("gradients.safetensors"))) {
      TokenScores scores =
          decoder.accumulate(
              batch,
              HeadRows.all(batch.ids(), batch.segments()),
              1.0,
              (index, logProb) -> -1.0 / predicted,
              gradients,
              false);

      double nll =
          -Arrays.stream(scores.logProbs()).filter(p -> !Double.isNaN(p)).sum() / predicted;
      assertThat(nll).isCloseTo(golden.meanNll(), within(under.tolerance()));
      assertThat(gradients.names()).containsExactlyInAnyOrderElementsOf(expected.names());
      for (String name : gradients.names()) {
        float[] reference = new float[Math.toIntExact(gradients.get(name).size())];
        expected.read(name, 0, reference, 0, reference.length);
        assertThat(largestError(gradients.get(name).toDoubles(), reference))
            .as("largest error of %s, relative to its largest element", name)
            .isLessThan(under.tolerance());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("allModelsOnEngines")
  void greedyDecoding_tinyModel_equalsGenerateOfTransformers(
      GoldenModel model, EngineUnderTest under) {
    Golden golden = model.golden();
    try (Engine engine = under.open();
        Decoder decoder = model.open(engine)) {
      assertThat(Decodings.greedy(decoder, golden.greedyPrompt(), golden.greedyIds().length))
          .containsExactly(golden.greedyIds());
    }
  }

  private static double largestError(double[] found, float[] expected) {
    double error = 0;
    double scale = 0;
    for (int i = 0; i < found.length; i++) {
      error = Math.max(error, Math.abs(found[i] - expected[i]));
      scale = Math.max(scale, Math.abs(expected[i]));
    }
    return error / scale;
  }
}
