package dev.terse.model.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.engine.Engine;
import dev.terse.engine.HeadRows;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import dev.terse.model.EngineUnderTest;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.transformer.Decodings;
import dev.terse.model.weights.PackedBatch;
import dev.terse.model.weights.Parameters;
import dev.terse.model.weights.WeightUse;
import dev.terse.testkit.SharedData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A small trained model against its published reference: float64 numbers and llama2.c's text. */
class Stories260kTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BOS = 1;

  private static Path folder;
  private static JsonNode reference;
  private static JsonNode pieces;

  @BeforeAll
  static void read() throws IOException {
    folder = SharedData.assumePresent("models/stories260k");
    reference = JSON.readTree(folder.resolve("reference.json").toFile());
    pieces = JSON.readTree(folder.resolve("tok512.json").toFile()).get("pieces");
  }

  @ParameterizedTest
  @EnumSource
  void teacherForced_publishedText_equalsFloat64Reference(EngineUnderTest under)
      throws IOException {
    JsonNode expected = reference.at("/teacher_forced/0");
    PackedBatch batch = PackedBatch.of(List.of(ints(expected.get("ids"))));
    try (Engine engine = under.open();
        Decoder decoder = ModelFolder.openDecoder(folder, engine, WeightUse.CHANGED).build();
        Tensor logits = decoder.logits(batch)) {
      for (String position : (Iterable<String>) expected.get("logits")::fieldNames) {
        int row = Integer.parseInt(position);
        assertThat(logits.rowsView(row, row + 1).toDoubles())
            .as("logits after token %d", row)
            .containsExactly(doubles(expected.at("/logits/" + position)), within(2e-4));
      }
      TokenScores scores = decoder.score(batch, HeadRows.all(batch.ids(), batch.segments()), 1.0);
      double[] logProbs = scores.logProbs();
      assertThat(Arrays.copyOf(logProbs, logProbs.length - 1))
          .containsExactly(doubles(expected.get("token_logprobs")), within(1e-4));
      assertThat(scores.entropies())
          .containsExactly(doubles(expected.get("token_entropies_nats")), within(1e-4));
    }
  }

  @ParameterizedTest
  @EnumSource
  void gradients_meanNll_haveReferenceNormsAndSamples(EngineUnderTest under) throws IOException {
    JsonNode expected = reference.at("/teacher_forced/0");
    PackedBatch batch = PackedBatch.of(List.of(ints(expected.get("ids"))));
    double weight = -1.0 / (batch.ids().length - 1);
    try (Engine engine = under.open();
        Decoder decoder = ModelFolder.openDecoder(folder, engine, WeightUse.CHANGED).build();
        Parameters gradients = decoder.weights().zerosLike(engine)) {
      decoder.accumulate(
          batch,
          HeadRows.all(batch.ids(), batch.segments()),
          1.0,
          (index, logProb) -> weight,
          gradients,
          true);

      assertThat(gradients.names()).hasSize(expected.get("grad_l2").size());
      for (String name : gradients.names()) {
        double norm = Math.sqrt(engine.sumOfSquares(gradients.get(name)));
        double reference = expected.get("grad_l2").get(name).doubleValue();
        assertThat(norm).as("norm of %s", name).isCloseTo(reference, within(1e-3 * reference));
      }
      for (String name : (Iterable<String>) expected.get("grad_samples")::fieldNames) {
        double[] samples = doubles(expected.get("grad_samples").get(name));
        assertThat(Arrays.copyOf(gradients.get(name).toDoubles(), samples.length))
            .as("first gradients of %s", name)
            .containsExactly(samples, within(1e-5));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void greedyText_llama2cPrompts_isTheSame(EngineUnderTest under) throws IOException {
    try (Engine engine = under.open();
        Decoder decoder = ModelFolder.openDecoder(folder, engine, WeightUse.CHANGED).build()) {
      for (JsonNode expected : reference.get("greedy")) {
        int[] ids = ints(expected.get("ids"));
        int[] prompt = promptIds(expected.get("prompt").asText());
        // llama2.c names the tokens that it fed, and prints one more and a line end.
        int[] generated = Decodings.greedy(decoder, prompt, ids.length + 1 - prompt.length);
        int[] found = IntStream.concat(Arrays.stream(prompt), Arrays.stream(generated)).toArray();

        assertThat(Arrays.copyOf(found, ids.length)).containsExactly(ids);
        assertThat(text(found) + "\n").isEqualTo(expected.get("text").asText());
      }
    }
  }

  private static int[] promptIds(String prompt) throws IOException {
    for (JsonNode encoded : reference.get("encode")) {
      if (encoded.get("text").asText().equals(prompt)) {
        return ints(encoded.get("ids"));
      }
    }
    assertThat(prompt).as("a prompt without reference ids").isEmpty();
    return new int[] {BOS};
  }

  /** As llama2.c prints: byte pieces as bytes, and no space after the first token. */
  private static String text(int[] ids) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 1; i < ids.length; i++) {
      String piece = pieces.get(ids[i]).get(0).asText();
      if (ids[i - 1] == BOS) {
        piece = piece.stripLeading();
      }
      if (piece.matches("<0x[0-9A-F]{2}>")) {
        bytes.write(Integer.parseInt(piece.substring(3, 5), 16));
      } else {
        bytes.writeBytes(piece.getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static int[] ints(JsonNode array) throws IOException {
    return JSON.treeToValue(array, int[].class);
  }

  private static double[] doubles(JsonNode array) throws IOException {
    return JSON.treeToValue(array, double[].class);
  }
}
