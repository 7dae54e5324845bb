package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.cli.command.ExitCodes;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that are given the folder of an adapter made by Python's peft. */
class AdapterCommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path ADAPTER =
      SharedData.projectRoot().resolve("model/src/test/resources/peft/qwen2_dora");

  @TempDir private Path folder;

  private void assertScores(Path model) throws IOException {
    JsonNode golden = JSON.readTree(ADAPTER.resolve("golden.json").toFile());
    StringBuilder rows = new StringBuilder();
    golden.get("sequences").forEach(ids -> rows.append("{\"ids\":").append(ids).append("}\n"));
    Path input = Files.writeString(folder.resolve("in.jsonl"), rows);
    Path output = folder.resolve("out.jsonl");
    Cli run =
        Cli.run(
            "score",
            "--model=" + model,
            "--input=" + input,
            "--output=" + output,
            "--engine=reference");
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.OK);
    List<String> lines = Files.readAllLines(output);
    for (int s = 0; s < lines.size(); s++) {
      JsonNode ours = JSON.readTree(lines.get(s)).get("logprobs");
      JsonNode theirs = golden.get("log_probs").get(s);
      assertThat(ours.size()).isEqualTo(theirs.size());
      for (int i = 0; i < ours.size(); i++) {
        assertThat(ours.get(i).asDouble()).isCloseTo(theirs.get(i).asDouble(), within(1e-5));
      }
    }
  }

  @Test
  void score_ofAnAdapter_isThatOfPeft() throws IOException {
    assertScores(ADAPTER);
  }

  @Test
  void convert_ofAnAdapter_writesAWholeModelThatSaysTheSame() throws IOException {
    Path merged = folder.resolve("merged");
    Cli run = Cli.run("convert", "--model=" + ADAPTER, "--output=" + merged, "--engine=reference");
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.OK);
    assertThat(merged.resolve("adapter_config.json")).doesNotExist();
    assertScores(merged);
  }

  @Test
  void generate_withAnAdapter_draws() {
    Cli run =
        Cli.run(
            "generate",
            "--model=" + ADAPTER,
            "--prompt=1+1",
            "--max-new-tokens=4",
            "--engine=reference");
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.OK);
    assertThat(run.err()).contains("4 tokens in ");
  }
}
