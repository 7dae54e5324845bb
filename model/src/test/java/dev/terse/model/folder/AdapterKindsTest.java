package dev.terse.model.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.engine.Engine;
import dev.terse.engine.HeadRows;
import dev.terse.engine.TokenScores;
import dev.terse.io.JsonFile;
import dev.terse.model.EngineUnderTest;
import dev.terse.model.GoldenModel;
import dev.terse.model.safetensors.SafetensorsWeights;
import dev.terse.model.safetensors.WeightSource;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.PackedBatch;
import dev.terse.model.weights.Parameters;
import dev.terse.model.weights.WeightUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An adapter of each kind that people have, made by Python's peft: read, trained three steps,
 * written. With {@code -Dterse.adapters=DIR} what was written stays in DIR, for {@code
 * src/test/python/check_peft_kinds.py}, which loads it with peft.
 */
class AdapterKindsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FILE = "adapter_model.safetensors";

  /** After three steps, beside what PEFT says in float64. */
  private static final double ALLOWED = 1e-4;

  @TempDir private Path temporary;

  /** All on the reference; on the other engine those with operations of their own. */
  static Stream<Arguments> kindsOnEngines() throws IOException {
    try (Stream<Path> folders = Files.list(GoldenModel.resource("/peft-kinds"))) {
      List<String> kinds = folders.map(folder -> folder.getFileName().toString()).sorted().toList();
      return Stream.concat(
          kinds.stream().map(kind -> Arguments.of(kind, EngineUnderTest.REFERENCE)),
          Stream.of("tables", "head_tied", "saved_tables", "saved_parts", "resized_tied")
              .map(kind -> Arguments.of(kind, EngineUnderTest.ND4J)));
    }
  }

  /**
   * @param logProbs of each sequence as the adapter stands, [S][N-1]
   * @param trained the same after three steps
   * @param rate of a step
   */
  private record Golden(
      List<int[]> sequences, double[][] logProbs, double[][] trained, double rate) {

    private static Golden of(Path folder) throws IOException {
      JsonNode json = JSON.readTree(folder.resolve("golden.json").toFile());
      List<int[]> sequences = new ArrayList<>();
      for (JsonNode sequence : json.get("sequences")) {
        sequences.add(JSON.treeToValue(sequence, int[].class));
      }
      return new Golden(
          sequences,
          JSON.treeToValue(json.get("log_probs"), double[][].class),
          JSON.treeToValue(json.get("trained_log_probs"), double[][].class),
          json.get("rate").doubleValue());
    }

    private PackedBatch batch() {
      return PackedBatch.of(sequences);
    }
  }

  @ParameterizedTest
  @MethodSource("kindsOnEngines")
  void logProbs_unmergedAndMerged_equalPeft(String kind, EngineUnderTest under) throws IOException {
    Path folder = GoldenModel.resource("/peft-kinds/" + kind);
    Golden golden = Golden.of(folder);
    try (Engine engine = under.open();
        Decoder decoder = AdapterFolder.openDecoder(folder, engine).build();
        Decoder merged = ModelFolder.openDecoder(folder, engine, WeightUse.CHANGED).build()) {
      assertLogProbs(decoder, golden.batch(), golden.logProbs(), under.tolerance());
      assertThat(merged.adapters()).isEmpty();
      assertLogProbs(merged, golden.batch(), golden.logProbs(), under.tolerance());
      boolean apart = Set.of("embedding_tied", "head_tied").contains(kind);
      if (apart || kind.matches("saved_.*_tied")) {
        assertThat(merged.config().tiedHead()).isFalse();
        assertThat(DecoderConfig.of(merged.config().json()).tiedHead()).isFalse();
        assertThat(ModelFolder.config(folder).tiedHead()).isFalse();
      }
      long numbers = decoder.adapters().orElseThrow().trained().size();
      int tokens = kind.contains("tokens") ? kind.equals("tokens") ? -1 : 2 : 0;
      if (tokens >= 0) {
        assertThat(
                decoder
                    .adapters()
                    .orElseThrow()
                    .settings()
                    .trainedParameterCount(decoder.config(), tokens))
            .isEqualTo(numbers);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kindsOnEngines")
  void trainedThreeStepsAndWritten_isWhatPeftHas(String kind, EngineUnderTest under)
      throws IOException {
    Path folder = GoldenModel.resource("/peft-kinds/" + kind);
    Golden golden = Golden.of(folder);
    String kept = System.getProperty("terse.adapters");
    Path written =
        kept == null || under != EngineUnderTest.REFERENCE
            ? temporary
            : Files.createDirectories(Path.of(kept, kind));
    try (Engine engine = under.open();
        Decoder decoder = AdapterFolder.openDecoder(folder, engine).build()) {
      for (int step = 0; step < 3; step++) {
        descend(decoder, golden.batch(), golden.rate());
      }
      assertLogProbs(decoder, golden.batch(), golden.trained(), ALLOWED);
      AdapterFolder.save(written, decoder);
      assertSameFile(written.resolve(FILE), folder.resolve("trained.safetensors"));
      AdapterConfig ours = AdapterConfig.read(written);
      AdapterConfig theirs = AdapterConfig.read(folder);
      assertThat(ours.settings()).isEqualTo(theirs.settings());
      assertThat(ours.base()).isEqualTo(theirs.base());
    }
    ObjectNode config = (ObjectNode) JsonFile.read(written.resolve(AdapterConfig.FILE));
    config.put(
        "base_model_name_or_path",
        folder.resolve(config.get("base_model_name_or_path").textValue()).normalize().toString());
    Files.writeString(written.resolve(AdapterConfig.FILE), JsonFile.text(config));
    if (!written.equals(temporary)) {
      Files.write(
          written.resolve("golden.json"), Files.readAllBytes(folder.resolve("golden.json")));
    }
    try (Engine engine = under.open();
        Decoder again = AdapterFolder.openDecoder(written, engine).build()) {
      assertLogProbs(again, golden.batch(), golden.trained(), ALLOWED);
    }
  }

  /** A step of gradient descent on the mean negative log-likelihood. */
  private static void descend(Decoder decoder, PackedBatch batch, double rate) {
    try (Parameters gradients = decoder.trained().zerosLike(decoder.engine())) {
      PeftAdapter.meanNll(decoder, batch, gradients, true);
      for (String name : gradients.names()) {
        decoder.engine().add(gradients.get(name), -rate, decoder.trained().get(name));
      }
    }
  }

  private static void assertSameFile(Path ours, Path theirs) {
    try (WeightSource found = SafetensorsWeights.open(ours);
        WeightSource expected = SafetensorsWeights.open(theirs)) {
      assertThat(found.names())
          .containsExactlyInAnyOrderElementsOf(
              expected.names().stream()
                  .filter(name -> !name.contains(".modules_to_save."))
                  .filter(name -> !name.contains(".original_module."))
                  .collect(Collectors.toSet()));
      for (String name : found.names()) {
        assertThat(found.shape(name)).as(name).containsExactly(expected.shape(name));
        assertThat(values(found, name))
            .as(name)
            .containsExactly(values(expected, name), within((float) ALLOWED));
      }
    }
  }

  private static float[] values(WeightSource source, String name) {
    float[] values = new float[Arrays.stream(source.shape(name)).reduce(1, (a, b) -> a * b)];
    source.read(name, 0, values, 0, values.length);
    return values;
  }

  private static void assertLogProbs(
      Decoder decoder, PackedBatch batch, double[][] expected, double tolerance) {
    TokenScores scores = decoder.score(batch, HeadRows.all(batch.ids(), batch.segments()), 1.0);
    for (int s = 0; s < expected.length; s++) {
      int from = batch.segments().start(s);
      assertThat(Arrays.copyOfRange(scores.logProbs(), from, from + expected[s].length))
          .as("log-probabilities of sequence %d", s)
          .containsExactly(expected[s], within(tolerance));
    }
  }
}
