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

/** Problems to chains to a training set, as a user runs it on the small model. */
class TracesCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path MODEL = SharedData.projectRoot().resolve("checkpoints/arithmetic-base");
  private static final int PROBLEMS = 4;

  @TempDir Path folder;
  private Path problems;

  @BeforeEach
  void problems() {
    problems = folder.resolve("problems.jsonl");
    ok("task", "arithmetic", "--format=problems", "--rows=" + PROBLEMS, "--output=" + problems);
  }

  private String[] traces(Path data, String output, String... more) {
    List<String> keys =
        List.of(
            "traces",
            "--model_name_or_path=" + MODEL,
            "--dataset_name=" + data,
            "--output=" + folder.resolve(output),
            "--num_generations=3",
            "--max_completion_length=130");
    return Stream.concat(keys.stream(), Arrays.stream(more)).toArray(String[]::new);
  }

  @Test
  void chains_ofAllProblems_areCounted_andTheRightOnesGoIntoCompressAsTheyAre() throws IOException {
    String suffix = "+0"; // another sum of the same value
    Path all = folder.resolve("all.jsonl");
    Cli run =
        ok(traces(problems, "chains.jsonl", "--prompt_suffix=" + suffix, "--all_output=" + all));
    assertThat(run.out()).contains(3 * PROBLEMS + " chains of " + PROBLEMS + " problems");

    JsonNode counts = JSON.readTree(folder.resolve("chains.counts.json").toFile());
    Map<String, Integer> outcomes = new HashMap<>();
    List<JsonNode> written = new ArrayList<>();
    for (JsonNode row : rows(all)) {
      String outcome = row.get("outcome").textValue();
      outcomes.merge(outcome, 1, Integer::sum);
      if (outcome.equals("right")) {
        written.add(row);
      }
      assertThat(row.get("prompt")).hasSize(1);
      assertThat(row.at("/prompt/0/content").textValue())
          .isEqualTo(row.get("question").textValue() + suffix);
    }
    assertThat(outcomes.values().stream().mapToInt(n -> n).sum()).isEqualTo(3 * PROBLEMS);
    assertThat(counts.get("chains").intValue()).isEqualTo(3 * PROBLEMS);
    assertThat(counts.get("written").intValue()).isEqualTo(outcomes.getOrDefault("right", 0));
    counts
        .get("left_out")
        .properties()
        .forEach(
            entry ->
                assertThat(entry.getValue().intValue())
                    .as(entry.getKey())
                    .isEqualTo(outcomes.getOrDefault(entry.getKey(), 0)));
    List<JsonNode> chains = rows(folder.resolve("chains.jsonl"));
    assertThat(chains).hasSameSizeAs(written).isNotEmpty();
    for (int i = 0; i < chains.size(); i++) {
      assertThat(chains.get(i).has("outcome")).isFalse();
      for (Map.Entry<String, JsonNode> field : chains.get(i).properties()) {
        assertThat(field.getValue()).isEqualTo(written.get(i).get(field.getKey()));
      }
    }

    Path sft = folder.resolve("sft.jsonl");
    ok(
        "compress",
        "--model=" + MODEL,
        "--input=" + folder.resolve("chains.jsonl"),
        "--output=" + sft,
        "--kappa=0.5");
    List<JsonNode> trained = rows(sft);
    assertThat(trained).hasSameSizeAs(chains);
    for (int i = 0; i < trained.size(); i++) {
      assertThat(trained.get(i).get("prompt")).isEqualTo(chains.get(i).get("prompt"));
      assertThat(trained.get(i).get("gold")).isEqualTo(chains.get(i).get("gold"));
    }
  }

  @Test
  void teachersSuffix_isAsked_andIsInNoRow() throws IOException {
    Path plain = folder.resolve("plain-all.jsonl");
    ok(traces(problems, "plain.jsonl", "--prompt_suffix=+0+0", "--all_output=" + plain));
    Path taught = folder.resolve("taught-all.jsonl");
    ok(
        traces(
            problems,
            "taught.jsonl",
            "--prompt_suffix=+0",
            "--teacher_prompt_suffix=+0",
            "--all_output=" + taught));
    List<JsonNode> asked = rows(plain);
    List<JsonNode> written = rows(taught);
    assertThat(written).hasSameSizeAs(asked);
    for (int i = 0; i < asked.size(); i++) {
      assertThat(written.get(i).get("response")).isEqualTo(asked.get(i).get("response"));
      String content = asked.get(i).at("/prompt/0/content").textValue();
      assertThat(written.get(i).at("/prompt/0/content").textValue() + "+0").isEqualTo(content);
    }
  }

  @Test
  void prompt_ofARow_isWhatTheModelWasGiven_systemTurnAndSuffix() throws IOException {
    Path data = folder.resolve("messages.jsonl");
    Files.writeString(
        data,
        """
        {"prompt": [{"role": "system", "content": "Own"}, {"role": "user", "content": "1+1"}], "gold": "2"}
        {"problem": "1+2", "solution": "So 1+2 = 3 #### 3"}
        """);
    Path all = folder.resolve("all.jsonl");
    ok(
        traces(
            data,
            "chains.jsonl",
            "--all_output=" + all,
            "--system_prompt=Sum",
            "--prompt_suffix= =",
            "--max_completion_length=3"));
    List<JsonNode> rows = rows(all);
    assertThat(rows).hasSize(6);
    assertThat(rows.get(2).get("prompt"))
        .hasToString(
            "[{\"role\":\"system\",\"content\":\"Own\"},{\"role\":\"user\",\"content\":\"1+1 =\"}]");
    assertThat(rows.get(3).get("prompt"))
        .hasToString(
            "[{\"role\":\"system\",\"content\":\"Sum\"},{\"role\":\"user\",\"content\":\"1+2 =\"}]");
    assertThat(rows.get(3).get("gold").textValue()).isEqualTo("3");
    assertThat(rows.get(3).get("outcome").textValue()).isEqualTo("cut");
  }

  @Test
  void command_brokenOffAnywhere_goesOnToTheSameFiles() throws IOException {
    Random random = new Random(TestSeed.of("traces"));
    Path all = folder.resolve("all.jsonl");
    Path output = folder.resolve("chains.jsonl");
    Path counts = folder.resolve("chains.counts.json");
    Path part = folder.resolve("chains.jsonl.part");
    Path blocked = Files.createDirectory(folder.resolve("chains.jsonl.part.whole"));
    String[] command = traces(problems, "chains.jsonl", "--all_output=" + all);
    assertThat(Cli.run(command).code()).isEqualTo(ExitCodes.FAILED); // the disk at the last moment
    Files.delete(blocked);
    byte[] journal = Files.readAllBytes(part);
    ok(command); // only the last step is left, and its own files do not stand in the way
    List<byte[]> expected = List.of(bytes(output), bytes(all), bytes(counts));
    assertThat(part).doesNotExist();

    for (int cut : new int[] {30, random.nextInt(journal.length)}) {
      for (Path file : List.of(output, all, counts)) {
        Files.delete(file);
      }
      Files.write(part, Arrays.copyOf(journal, cut));
      ok(with(command, "--max_live=" + (1 + random.nextInt(9))));
      assertThat(List.of(bytes(output), bytes(all), bytes(counts)))
          .as("cut at %d of %d", cut, journal.length)
          .usingElementComparator(Arrays::compare)
          .isEqualTo(expected);
    }
    Files.delete(output);
    Files.delete(all);
    Files.delete(counts);
    Files.write(part, Arrays.copyOf(journal, journal.length / 2));
    refused("temperature was 0.6 and is 0.7", with(command, "--temperature=0.7"));
    Files.writeString(problems, "\n", java.nio.file.StandardOpenOption.APPEND);
    refused("the data was ", command);
    ok(with(command, "--overwrite"));
    assertThat(output).hasBinaryContent(expected.get(0));
    refused(output + " exists: --overwrite replaces it", command);
  }

  /** Rows with marks where the model is read without them, as a model is that has none. */
  @Test
  void formR1_givesRowsWithMarks_thatSftAndCompressReadAsTheyAre() throws IOException {
    ok(traces(problems, "r1.jsonl", "--form=r1"));
    List<JsonNode> written = rows(folder.resolve("r1.jsonl"));
    assertThat(written).isNotEmpty();
    for (JsonNode row : written) {
      String response = row.get("response").textValue();
      assertThat(response).startsWith("<think>\n").contains("\n</think>\n\n");
      assertThat(row.at("/completion/0/content").textValue()).isEqualTo(response);
      assertThat(row.get("marks").booleanValue()).isTrue();
    }
    Path rows = folder.resolve("sft.jsonl");
    Cli compressed =
        ok(
            "compress",
            "--model=" + MODEL,
            "--input=" + folder.resolve("r1.jsonl"),
            "--output=" + rows,
            "--kappa=0.5");
    assertThat(compressed.out())
        .contains(
            "thinking ends at </think> (thinking: marks; auto chose it because the rows have");
    assertThat(rows(rows)).hasSameSizeAs(written);
    ok(
        "sft",
        "--model_name_or_path=" + MODEL,
        "--dataset_name=" + folder.resolve("r1.jsonl"),
        "--output_dir=" + folder.resolve("run"),
        "--max_steps=1",
        "--per_device_train_batch_size=2",
        "--report_to=none");
    refused("must be one of", traces(problems, "x", "--form=r2"));
  }

  @Test
  void keepPerProblem_shortest_writesOneChainAProblem_andCountsTheRest() throws IOException {
    ok(traces(problems, "all.jsonl", "--temperature=1.2", "--seed=7"));
    ok(
        traces(
            problems, "one.jsonl", "--temperature=1.2", "--seed=7", "--keep_per_problem=shortest"));
    Map<String, Integer> shortest = new HashMap<>();
    for (JsonNode row : rows(folder.resolve("all.jsonl"))) {
      shortest.merge(row.get("question").textValue(), row.get("tokens").intValue(), Math::min);
    }
    List<JsonNode> one = rows(folder.resolve("one.jsonl"));
    assertThat(one).hasSameSizeAs(shortest.keySet());
    for (JsonNode row : one) {
      assertThat(row.get("tokens").intValue())
          .isEqualTo(shortest.get(row.get("question").textValue()));
    }
  }

  @Test
  void mistakes_areToldWithWhatToDo() throws IOException {
    refused(
        "keep_per_problem must be all, shortest or a whole number",
        traces(problems, "x", "--keep_per_problem=none"));
    refused("all num_generations 3 chains", traces(problems, "x", "--temperature=0"));
    refused("did you mean 'num_generations'?", traces(problems, "x", "--num_generation=2"));
    refused("leaves no room for a prompt", traces(problems, "x", "--max_completion_length=9999"));
    Path texts = folder.resolve("texts.jsonl");
    Files.writeString(texts, "{\"prompt\": \"1+1\", \"gold\": \"2\"}\n");
    refused("line 1: 'prompt' is a text that would stand as it is", traces(texts, "x"));
    ok(traces(texts, "y", "--dataset_prompt_column=prompt"));
    Files.writeString(texts, "{\"question\": \"1+1\"}\n");
    refused("line 1: expected the right answer", traces(texts, "x"));
    assertThat(folder.resolve("x.part")).doesNotExist();
  }

  private static byte[] bytes(Path file) throws IOException {
    return Files.readAllBytes(file);
  }

  private static List<JsonNode> rows(Path file) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }
}
