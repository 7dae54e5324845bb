package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.cli.command.ExitCodes;
import dev.terse.engine.Shapes;
import dev.terse.model.safetensors.SafetensorsWeights;
import dev.terse.model.safetensors.WeightSource;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Path MODEL =
      SharedData.projectRoot().resolve("model/src/test/resources/tiny/qwen2");

  @TempDir Path folder;

  @Test
  void rows_withIdsOutsideTheVocabulary_areRefusedWithTheirLine() throws IOException {
    Path input = folder.resolve("in.jsonl");
    Files.writeString(input, "{\"id\": 0, \"ids\": [1, 2]}\n{\"id\": 1, \"ids\": [1, 999999]}\n");
    Cli run = score(input, "reference");
    assertThat(run.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(run.err())
        .startsWith("error: " + input + " line 2: expected token ids from 0 to ")
        .contains("found 999999 at position 1");
  }

  @Test
  void folderWithoutTokenizer_servesForIdsAndIsToldForTexts() throws IOException {
    Path model = SharedData.projectRoot().resolve("model/src/test/resources/rope/yarn");
    Path input = folder.resolve("in.jsonl");
    Files.writeString(input, "{\"id\": 0, \"ids\": [1, 2, 3]}\n");
    String[] arguments = {
      "score",
      "--model=" + model,
      "--input=" + input,
      "--output=" + folder.resolve("out.jsonl"),
      "--overwrite"
    };
    Cli run = Cli.run(arguments);
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.OK);

    Files.writeString(input, "{\"id\": 0, \"text\": \"a\"}\n");
    run = Cli.run(arguments);
    assertThat(run.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(run.err()).contains("'" + model + "' has no tokenizer.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "nd4j"})
  void scoresAndGradients_ofATinyModel_equalPyTorch(String engine) throws IOException {
    double tolerance = engine.equals("reference") ? 1e-5 : 1e-4;
    JsonNode golden = JSON.readTree(MODEL.resolve("golden.json").toFile());
    Path input = folder.resolve("in.jsonl");
    StringBuilder rows = new StringBuilder();
    for (JsonNode ids : golden.get("sequences")) {
      ObjectNode row = JSON.createObjectNode().put("id", "s" + rows.length());
      row.set("ids", ids);
      rows.append(row).append('\n');
    }
    Files.writeString(input, rows);
    Path gradients = folder.resolve("gradients.safetensors");

    Cli run = score(input, engine, "--gradients", gradients.toString());

    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.OK);
    List<String> lines = Files.readAllLines(folder.resolve("out.jsonl"));
    assertThat(lines).hasSize(golden.get("sequences").size());
    for (int s = 0; s < lines.size(); s++) {
      JsonNode row = JSON.readTree(lines.get(s));
      assertThat(row.get("ids")).isEqualTo(golden.get("sequences").get(s));
      assertClose(row.get("logprobs"), golden.get("log_probs").get(s), tolerance);
      assertClose(row.get("entropies"), golden.get("entropies").get(s), tolerance);
    }
    try (WeightSource ours = SafetensorsWeights.open(gradients);
        WeightSource theirs = SafetensorsWeights.open(MODEL.resolve("gradients.safetensors"))) {
      assertThat(ours.names()).containsAll(theirs.names());
      for (String name : theirs.names()) {
        assertThat(read(ours, name))
            .as(name)
            .containsExactly(read(theirs, name), within((float) tolerance));
      }
    }
  }

  private static float[] read(WeightSource source, String name) {
    float[] values = new float[Math.toIntExact(Shapes.size(source.shape(name)))];
    source.read(name, 0, values, 0, values.length);
    return values;
  }

  private static void assertClose(JsonNode ours, JsonNode theirs, double tolerance) {
    assertThat(ours.size()).isEqualTo(theirs.size());
    for (int i = 0; i < ours.size(); i++) {
      assertThat(ours.get(i).asDouble()).isCloseTo(theirs.get(i).asDouble(), within(tolerance));
    }
  }

  private Cli score(Path input, String engine, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("score", "--model", MODEL.toString(), "--input", input.toString()));
    arguments.addAll(List.of("--output", folder.resolve("out.jsonl").toString()));
    arguments.addAll(List.of("--engine", engine));
    arguments.addAll(List.of(more));
    return Cli.run(arguments.toArray(String[]::new));
  }
}
