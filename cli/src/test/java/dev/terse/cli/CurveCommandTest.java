package dev.terse.cli;

import static dev.terse.cli.Cli.ok;
import static dev.terse.cli.Cli.refused;
import static dev.terse.cli.Cli.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.cli.command.ExitCodes;
import dev.terse.testkit.SharedData;
import dev.terse.testkit.TestSeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chains to curves, as a user runs it on the small model. */
class CurveCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MODEL =
      "--model_name_or_path=" + SharedData.projectRoot().resolve("checkpoints/arithmetic-base");
  private static final int CHAINS = 2;

  @TempDir Path folder;
  private Path chains;

  @BeforeEach
  void chains() {
    chains = folder.resolve("chains.jsonl");
    ok("task", "arithmetic", "--format=traces", "--rows=" + CHAINS, "--output=" + chains);
  }

  private String[] curve(String... more) {
    List<String> keys =
        List.of(
            "curve",
            MODEL,
            "--dataset_name=" + chains,
            "--output=" + folder.resolve("curve.jsonl"),
            "--kappas=[0, 0.5, 1]",
            "--random_seeds=2",
            "--max_completion_length=32");
    return Stream.concat(keys.stream(), Arrays.stream(more)).toArray(String[]::new);
  }

  @Test
  void curve_ofAllOrders_answersEachPointOnce_afterWhatCompressWrites() throws IOException {
    Cli run = ok(curve());
    assertThat(run.out().lines().reduce((a, b) -> b).orElseThrow())
        .startsWith(
            "Does pruning low entropy beat random at equal thinking tokens? Too few problems to"
                + " tell: ")
        .contains("mean over 1 kappas from 0.5 to 0.5", "2 chains of 2 problems", "2 random seeds");
    assertThat(folder.resolve("curve.html")).content().contains("</html>", "At equal thinking");
    assertThat(folder).isDirectoryContaining("glob:**/curve-accuracy-against-tokens.png");
    // 8 orders and 5 masked ones at 3 kappas, 3 random ones at 2 seeds each, header, no thinking
    assertThat(Files.readAllLines(folder.resolve("curve.csv")))
        .hasSize(13 * 3 + 3 * 3 * 2 + 2)
        .anyMatch(line -> line.startsWith("random,true,0.5,43,2,2,"));

    Map<String, Map<String, JsonNode>> byPoint = new HashMap<>();
    for (JsonNode row : rows(folder.resolve("curve.jsonl"))) {
      for (JsonNode point : row.get("points")) {
        Map<String, JsonNode> ofPoint =
            byPoint.computeIfAbsent(point.textValue(), key -> new HashMap<>());
        assertThat(ofPoint.put(row.get("id").textValue(), row)).isNull();
      }
    }
    assertThat(byPoint).hasSize(10 * 3 + 6 * 3 + 1); // random ones once a seed
    assertThat(byPoint.values()).allSatisfy(answers -> assertThat(answers).hasSize(CHAINS));

    Path sft = folder.resolve("sft.jsonl");
    ok("compress", MODEL, "--dataset_name=" + chains, "--output=" + sft, "--kappa=0.5");
    for (JsonNode row : rows(sft)) {
      String id = row.get("id").textValue();
      String taught = row.at("/completion/0/content").textValue();
      JsonNode low = byPoint.get("low 0.5").get(id);
      assertThat(taught).startsWith(low.get("thinking").textValue());
      assertThat(low.get("thinking").textValue()).contains("[SKIP]").endsWith("\n</think>\n\n");
      JsonNode none = byPoint.get("no_thinking").get(id);
      assertThat(none.get("thinking").textValue()).isEqualTo("<think>\n\n</think>\n\n");
      JsonNode full = byPoint.get("low 0").get(id);
      String gold = row.get("gold").textValue();
      assertThat(full.get("stated").intValue()).isPositive();
      assertThat(full.get("correct").booleanValue()).as(full.toString()).isTrue();
      JsonNode masked = byPoint.get("low masked 0").get(id);
      assertThat(masked.get("thinking").textValue()).contains("?").doesNotContain("= " + gold);
      assertThat(masked.get("stated").intValue()).isZero();
      JsonNode tokens = byPoint.get("token_low 0.5").get(id);
      int kept = full.get("think_tokens").intValue() - none.get("think_tokens").intValue();
      assertThat(tokens.get("think_tokens").intValue() - none.get("think_tokens").intValue())
          .isBetween(kept / 2 - 2, kept / 2 + 2);
      for (JsonNode answer : List.of(low, none, full, masked, tokens)) {
        assertThat(answer.get("tokens").intValue())
            .isEqualTo(
                answer.get("think_tokens").intValue() + answer.get("answer_tokens").intValue());
      }
    }
  }

  @Test
  void command_brokenOffAnywhere_goesOnToTheSameFiles() throws IOException {
    Random random = new Random(TestSeed.of("curve"));
    String[] command = curve("--orders=[low, random]", "--leak_control=false");
    Path part = folder.resolve("curve.jsonl.part");
    Path blocked = Files.createDirectory(folder.resolve("curve.jsonl.part.whole"));
    assertThat(Cli.run(command).code()).isEqualTo(ExitCodes.FAILED); // the disk at the last moment
    Files.delete(blocked);
    byte[] journal = Files.readAllBytes(part);
    ok(command);
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      all.filter(file -> file.getFileName().toString().startsWith("curve")).forEach(files::add);
    }
    assertThat(files).hasSize(5); // answers, table, page, two pictures
    List<byte[]> expected = new ArrayList<>();
    for (Path file : files) {
      expected.add(Files.readAllBytes(file));
      Files.delete(file);
    }
    Files.write(part, Arrays.copyOf(journal, 1 + random.nextInt(journal.length - 1)));
    ok(with(command, "--max_live=" + (1 + random.nextInt(9))));
    for (int i = 0; i < files.size(); i++) {
      assertThat(files.get(i)).hasBinaryContent(expected.get(i));
    }
    refused("exists: --overwrite replaces it", command);
    for (Path file : files) {
      Files.delete(file);
    }
    Files.write(part, Arrays.copyOf(journal, journal.length / 2));
    refused("random_seeds was 2 and is 3", with(command, "--random_seeds=3"));
  }

  @Test
  void mistakes_areToldWithWhatToDo() throws IOException {
    refused(
        "kappas must be numbers from 0 to 1, each larger than the one before, was [0.5, 0.2]",
        curve("--kappas=[0.5, 0.2]"));
    refused("kappas must be numbers from 0 to 1", curve("--kappas=[0, 1.5]"));
    refused("orders must be", curve("--orders=[lowest]"));
    refused("orders names one twice", curve("--orders=[low, low]"));
    refused("mask must not be blank", curve("--mask="));
    Files.writeString(chains, "{\"question\": \"1+1\", \"response\": \"a</think>2\"}\n");
    refused("line 1: expected the right answer in field 'gold'", curve());
    Files.writeString(
        chains, "{\"question\": \"1+1\", \"response\": \"<think>\\n1\", \"gold\": \"2\"}\n");
    refused("found none; 0 chains of 0 problems", curve("--thinking=marks"));
    String row =
        "{\"id\": 1, \"question\": \"1\", \"response\": \"1</think>1\", \"gold\": \"1\"}\n";
    Files.writeString(chains, row + row);
    refused("line 2: id '1' stands twice", curve());
    assertThat(folder.resolve("curve.jsonl.part")).doesNotExist();
  }

  private static List<JsonNode> rows(Path file) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }
}
