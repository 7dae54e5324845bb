package dev.terse.cli;

import static dev.terse.cli.Cli.ok;
import static dev.terse.cli.Cli.refused;
import static dev.terse.cli.Cli.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.cli.command.ExitCodes;
import dev.terse.testkit.SharedData;
import dev.terse.testkit.TestSeed;
import dev.terse.trainer.cli.Main;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Killed anywhere, compress ends in the same files; and it keeps what the model still answers. */
class CompressCommandTest {
  private static final int ROWS = 8;
  private static final Path MODEL = SharedData.projectRoot().resolve("checkpoints/arithmetic-base");
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path folder;
  private Path traces;
  private Path output;
  private Path steps;
  private Path part;

  @BeforeEach
  void files() {
    traces = folder.resolve("traces.jsonl");
    output = folder.resolve("sft.jsonl");
    steps = folder.resolve("steps.jsonl");
    part = folder.resolve("sft.jsonl.part");
    ok("task", "arithmetic", "--format=traces", "--rows=" + ROWS, "--output=" + traces);
  }

  /** A pass a row, so that there is something between the first and the last. */
  private String[] compress(String... more) {
    return Stream.concat(
            Stream.of(
                "compress",
                "--model_name_or_path=" + MODEL,
                "--dataset_name=" + traces,
                "--output=" + output,
                "--max_tokens_per_pass=1"),
            Arrays.stream(more))
        .toArray(String[]::new);
  }

  @Test
  void command_brokenOffAnywhere_goesOnToTheSameFilesAndCounts() throws IOException {
    Random random = new Random(TestSeed.of("compress"));
    String[] command =
        compress("--kappa=0.2", "--protect_last=2", "--steps=" + steps, "--keep_if_right");
    // The disk fails when all is scored: before the first file, and between the two.
    Path noSteps = Files.createDirectory(folder.resolve("steps.jsonl.part"));
    assertThat(Cli.run(command).code()).isEqualTo(ExitCodes.FAILED);
    Files.delete(noSteps);
    byte[] journal = Files.readAllBytes(part);
    Path noRows = Files.createDirectory(folder.resolve("sft.jsonl.part.whole"));
    assertThat(Cli.run(command).code()).isEqualTo(ExitCodes.FAILED);
    Files.delete(noRows);
    assertThat(steps).exists();
    assertThat(output).doesNotExist();
    String report = report(ok(command));
    byte[] rows = Files.readAllBytes(output);
    byte[] seen = Files.readAllBytes(steps);
    assertThat(part).doesNotExist();
    assertThat(report).contains("rows: " + ROWS + " read");

    int beforeEnd = new String(journal, StandardCharsets.ISO_8859_1).lastIndexOf("{\"units\"");
    for (int cut : new int[] {30, beforeEnd, random.nextInt(beforeEnd)}) {
      Files.delete(output);
      Files.delete(steps);
      Files.write(part, Arrays.copyOf(journal, cut));
      String again = report(ok(with(command, "--max_live=" + (1 + random.nextInt(9)))));
      assertThat(output).as("cut at %d of %d", cut, journal.length).hasBinaryContent(rows);
      assertThat(steps).as("cut at %d of %d", cut, journal.length).hasBinaryContent(seen);
      assertThat(again).isEqualTo(report);
    }
    Files.delete(output);
    Files.delete(steps);
    Files.write(part, Arrays.copyOf(journal, beforeEnd / 2));
    refused("kappa was 0.2 and is 0.4", with(command, "--kappa=0.4"));
    ok(with(command, "--overwrite"));
    assertThat(output).hasBinaryContent(rows);
    refused(output + " exists: --overwrite replaces it", command);
  }

  /** Real processes, really ended, after another row each time. */
  @Test
  void kill9_twice_endsInTheFilesOfAnUndisturbedRun() throws Exception {
    String[] command = compress("--kappa=0.5", "--steps=" + steps, "--engine=reference");
    ok(command);
    byte[] rows = Files.readAllBytes(output);
    byte[] seen = Files.readAllBytes(steps);
    Files.delete(output);
    Files.delete(steps);
    for (int units : new int[] {1, 4}) {
      Process process = start(command);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
      while (units() < units) {
        assertThat(process.isAlive()).as(log()).isTrue();
        assertThat(System.nanoTime()).as(log()).isLessThan(deadline);
        Thread.sleep(5);
      }
      process.destroyForcibly().waitFor();
      assertThat(part).exists();
      assertThat(output).doesNotExist();
    }
    Cli last = ok(command);
    assertThat(last.err()).containsPattern("goes on, [4-8] of " + ROWS + " passes are done");
    assertThat(output).hasBinaryContent(rows);
    assertThat(steps).hasBinaryContent(seen);
  }

  private Process start(String... command) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    words.addAll(List.of(command));
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  private long units() throws IOException {
    if (!Files.exists(part)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(part)) {
      return lines.filter(line -> line.startsWith("{\"unit\":")).count();
    }
  }

  private String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  @Test
  void keepIfRight_keepsWhatTheModelAnswersRight_andCountsTheRest() throws IOException {
    List<ObjectNode> rows = rows(traces);
    rows.get(1).put("gold", "1000");
    rows.get(4).remove("gold");
    write(rows);
    String report = report(ok(compress("--kappa=0", "--keep_if_right")));
    assertThat(report)
        .contains(
            "answers from the pruned thinking: kept 6 (still right), lost 1 (no longer right, 14.3"
                + " %), cut off 0, without gold answer 1",
            "dropped: 1 no gold answer, 1 no longer answered right once pruned");
    assertThat(ids(rows(output)))
        .isEqualTo(
            Stream.of(0, 2, 3, 5, 6, 7).map(i -> rows.get(i).get("id").textValue()).toList());

    Files.delete(output);
    ok(compress("--kappa=0")); // which asks nothing
    assertThat(rows(output)).hasSize(ROWS);
    Files.delete(output);
    refused("Raise max_answer_length", compress("--keep_if_right", "--max_answer_length=1"));
    refused(
        "max_live must be a number in [1, inf), was '0'", compress("--max_live=0", "--overwrite"));
    refused(
        "max_answer_length must be a number in [1, inf), was '0'",
        compress("--max_answer_length=0", "--overwrite"));
    rows.forEach(row -> row.remove("gold"));
    write(rows);
    refused("give rows the field 'gold'", compress("--keep_if_right", "--overwrite"));
    assertThat(output).doesNotExist();
  }

  /** Without marks the model goes on after the chain; one that was taught marks loses most. */
  @Test
  void keepIfRight_chainsWithoutMarks_goOnAfterTheBlankLine() throws IOException {
    List<ObjectNode> rows = rows(traces);
    rows.forEach(
        row -> row.put("response", row.get("response").textValue().replace("\n</think>", "")));
    write(rows);
    Cli run = ok(compress("--kappa=0", "--thinking=before_last_paragraph", "--keep_if_right"));
    int kept = rows(output).size();
    assertThat(kept).isBetween(1, ROWS - 1);
    assertThat(run.out())
        .contains("kept " + kept + " (still right), lost " + (ROWS - kept) + " (no longer right");
  }

  private void write(List<ObjectNode> rows) throws IOException {
    Files.write(traces, rows.stream().map(JsonNode::toString).toList());
  }

  private static List<String> ids(List<ObjectNode> rows) {
    return rows.stream().map(row -> row.get("id").textValue()).toList();
  }

  private static List<ObjectNode> rows(Path file) throws IOException {
    List<ObjectNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      rows.add((ObjectNode) JSON.readTree(line));
    }
    return rows;
  }

  /** What is printed, but for the time. */
  private static String report(Cli run) {
    return run.out()
        .lines()
        .filter(line -> !line.contains("loading included"))
        .collect(Collectors.joining("\n"));
  }
}
