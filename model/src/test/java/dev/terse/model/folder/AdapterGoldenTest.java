package dev.terse.model.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.Engine;
import dev.terse.engine.HeadRows;
import dev.terse.engine.TokenScores;
import dev.terse.model.EngineUnderTest;
import dev.terse.model.safetensors.SafetensorsWeights;
import dev.terse.model.safetensors.WeightSource;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.PackedBatch;
import dev.terse.model.weights.Parameters;
import dev.terse.model.weights.WeightShapes;
import dev.terse.model.weights.WeightUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Adapters of Python's peft on every engine, against peft in float64. */
class AdapterGoldenTest {
  @TempDir private Path temporary;

  static Stream<Arguments> adaptersOnEngines() {
    return Arrays.stream(PeftAdapter.values())
        .flatMap(
            adapter ->
                Arrays.stream(EngineUnderTest.values())
                    .map(engine -> Arguments.of(adapter, engine)));
  }

  @ParameterizedTest
  @MethodSource("adaptersOnEngines")
  void logProbs_withAndWithoutDropout_equalPeft(PeftAdapter adapter, EngineUnderTest under) {
    PeftAdapter.Golden golden = adapter.golden();
    try (Engine engine = under.open();
        Decoder decoder = adapter.open(engine)) {
      assertLogProbs(decoder, golden.batch(), golden.logProbs(), under);
      assertLogProbs(decoder, golden.batchWithDropout(), golden.droppedLogProbs(), under);
    }
  }

  @ParameterizedTest
  @MethodSource("adaptersOnEngines")
  void gradients_ofEveryNumber_equalPeft(PeftAdapter adapter, EngineUnderTest under) {
    PeftAdapter.Golden golden = adapter.golden();
    try (Engine engine = under.open();
        Decoder decoder = adapter.open(engine)) {
      assertGradients(decoder, golden.batch(), adapter.folder(), "gradients.safetensors", under);
      assertGradients(
          decoder, golden.batchWithDropout(), adapter.folder(), "dropped.safetensors", under);
    }
  }

  @ParameterizedTest
  @MethodSource("adaptersOnEngines")
  void merged_asAWholeModel_saysTheSame(PeftAdapter adapter, EngineUnderTest under) {
    PeftAdapter.Golden golden = adapter.golden();
    try (Engine engine = under.open()) {
      try (ModelFolder merged = ModelFolder.load(adapter.folder(), engine)) {
        assertThat(merged.decoder().adapters()).isEmpty();
        assertLogProbs(merged.decoder(), golden.batch(), golden.logProbs(), under);
        merged.save(temporary);
      }
      try (Decoder again = ModelFolder.openDecoder(temporary, engine, WeightUse.CHANGED).build()) {
        assertLogProbs(again, golden.batch(), golden.logProbs(), under);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void save_ofALoadedAdapter_writesPeftsNumbersAgain(PeftAdapter adapter) throws IOException {
    try (Engine engine = EngineUnderTest.ND4J.open();
        ModelFolder model = AdapterFolder.open(adapter.folder(), engine).build()) {
      model.save(temporary);
    }
    String file = "adapter_model.safetensors";
    try (WeightSource ours = SafetensorsWeights.open(temporary.resolve(file));
        WeightSource theirs = SafetensorsWeights.open(adapter.folder().resolve(file))) {
      assertThat(ours.names()).containsExactlyInAnyOrderElementsOf(theirs.names());
      for (String name : theirs.names()) {
        assertThat(ours.shape(name)).as(name).containsExactly(theirs.shape(name));
        assertThat(values(ours, name)).as(name).containsExactly(values(theirs, name));
      }
    }
    AdapterConfig ours = AdapterConfig.read(temporary);
    AdapterConfig theirs = AdapterConfig.read(adapter.folder());
    assertThat(ours.settings()).isEqualTo(theirs.settings());
    assertThat(ours.base()).isEqualTo(theirs.base());
    assertThat(ours.json()).isEqualTo(theirs.json());
    assertThat(Files.exists(temporary.resolve("tokenizer.json"))).isTrue();
    assertThat(Files.exists(temporary.resolve("config.json"))).isFalse();
  }

  private static void assertLogProbs(
      Decoder decoder, PackedBatch batch, double[][] expected, EngineUnderTest under) {
    TokenScores scores = decoder.score(batch, HeadRows.all(batch.ids(), batch.segments()), 1.0);
    for (int s = 0; s < expected.length; s++) {
      int from = batch.segments().start(s);
      assertThat(Arrays.copyOfRange(scores.logProbs(), from, from + expected[s].length))
          .as("log-probabilities of sequence %d", s)
          .containsExactly(expected[s], within(under.tolerance()));
    }
  }

  private static void assertGradients(
      Decoder decoder, PackedBatch batch, Path folder, String file, EngineUnderTest under) {
    Map<String, String> problems = new TreeMap<>();
    try (Parameters gradients = decoder.trained().zerosLike(decoder.engine());
        WeightSource expected = SafetensorsWeights.open(folder.resolve(file))) {
      PeftAdapter.meanNll(decoder, batch, gradients, false);
      assertThat(gradients.names().stream().map(AdapterFolder::peftName))
          .containsExactlyInAnyOrderElementsOf(expected.names());
      for (String name : gradients.names()) {
        float[] found = gradients.get(name).toFloats();
        if (name.endsWith(WeightShapes.LORA_B)) {
          found = AdapterFolder.transposed(found, gradients.get(name).rows());
        }
        double error = largestError(found, values(expected, AdapterFolder.peftName(name)));
        if (!(error < under.tolerance())) {
          problems.put(name, "differs by " + error + " of its largest element");
        }
      }
    }
    assertThat(problems).as(file).isEmpty();
  }

  private static float[] values(WeightSource source, String name) {
    float[] values = new float[Arrays.stream(source.shape(name)).reduce(1, (a, b) -> a * b)];
    source.read(name, 0, values, 0, values.length);
    return values;
  }

  private static double largestError(float[] found, float[] expected) {
    double error = 0;
    double scale = 0;
    for (int i = 0; i < expected.length; i++) {
      error = Math.max(error, Math.abs(found[i] - expected[i]));
      scale = Math.max(scale, Math.abs(expected[i]));
    }
    return error / scale;
  }
}
