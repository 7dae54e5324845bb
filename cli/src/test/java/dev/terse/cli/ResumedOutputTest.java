package dev.terse.cli;

import static dev.terse.cli.Cli.ok;
import static dev.terse.cli.Cli.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.cli.command.ExitCodes;
import dev.terse.testkit.SharedData;
import dev.terse.testkit.TestSeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that write as they go: broken off at any byte, they end in the same file. */
class ResumedOutputTest {
  private static final String MODEL =
      "--model=" + SharedData.projectRoot().resolve("checkpoints/arithmetic-base");

  @TempDir Path folder;
  private Path problems;
  private Path output;
  private Path part;

  @BeforeEach
  void files() {
    problems = folder.resolve("problems.jsonl");
    output = folder.resolve("out.jsonl");
    part = folder.resolve("out.jsonl.part");
    ok("task", "arithmetic", "--format=problems", "--rows=4", "--output=" + problems);
  }

  @Test
  void generate_brokenOffAnywhere_endsInTheSameFile() throws IOException {
    assertGoesOn(
        "generate",
        MODEL,
        "--input=" + problems,
        "--output=" + output,
        "--group-size=2",
        "--max-new-tokens=12",
        "--system=1");
  }

  @Test
  void eval_brokenOffAnywhere_endsInTheSameFileAndMetrics() throws IOException {
    assertGoesOn(
        "eval",
        MODEL,
        "--dataset_name=" + problems,
        "--output=" + output,
        "--max_completion_length=40");
  }

  private void assertGoesOn(String... command) throws IOException {
    Random random = new Random(TestSeed.of(command[0]));
    Cli whole = ok(command);
    byte[] expected = Files.readAllBytes(output);
    Files.delete(output);
    // The disk fails at the last moment: all is on file but the output.
    Path blocked = Files.createDirectory(folder.resolve("out.jsonl.part.whole"));
    assertThat(Cli.run(command).code()).isEqualTo(ExitCodes.FAILED);
    Files.delete(blocked);
    byte[] journal = Files.readAllBytes(part);
    for (int cut : new int[] {journal.length, random.nextInt(journal.length)}) {
      Files.write(part, Arrays.copyOf(journal, cut));
      Cli again = ok(with(command, "--max_live=" + (1 + random.nextInt(4))));
      assertThat(output).as("cut at %d", cut).hasBinaryContent(expected);
      assertThat(metrics(again)).isEqualTo(metrics(whole));
      assertThat(part).doesNotExist();
      Files.delete(output);
    }
    Files.write(part, Arrays.copyOf(journal, journal.length / 2));
    Cli other = Cli.run(with(command, "--top_k=7", "--seed=1"));
    assertThat(other.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(other.err())
        .contains("was begun by another command: seed was 42 and is 1; top_k was 0 and is 7.");
    ok(with(command, "--overwrite"));
    assertThat(output).hasBinaryContent(expected);
  }

  /** What is printed, but for times. */
  private static String metrics(Cli run) {
    return run.out()
        .lines()
        .filter(line -> !line.startsWith("runtime") && !line.startsWith("samples_per_second"))
        .collect(Collectors.joining("\n"));
  }
}
