package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.cli.command.ExitCodes;
import dev.terse.engine.SeedTree;
import dev.terse.testkit.SharedData;
import dev.terse.testkit.SuiteSize;
import dev.terse.testkit.TestSeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every other command that writes, ended by SIGKILL at random moments between its first and its
 * last instruction, and given again: in the end it has written the bytes of an undisturbed one.
 */
@Tag("kill")
class KilledCommandsTest {
  private static final Path ROOT = SharedData.projectRoot();
  private static final String MODEL = ROOT.resolve("checkpoints/arithmetic-base").toString();

  @TempDir private Path folder;
  private Path problems;
  private Path traces;

  @BeforeEach
  void inputs() {
    problems = folder.resolve("problems.jsonl");
    traces = folder.resolve("traces.jsonl");
    ok("task", "arithmetic", "--format=problems", "--rows=8", "--output=" + problems);
    ok("task", "arithmetic", "--format=traces", "--rows=24", "--output=" + traces);
  }

  private static void ok(String... arguments) {
    Cli run = Cli.run(arguments);
    assertThat(run.code()).as(run.err() + run.out()).isEqualTo(ExitCodes.OK);
  }

  private List<String> arguments(String command, Path out) {
    String model = "--model_name_or_path=" + MODEL;
    return switch (command) {
      case "generate" ->
          List.of(
              command,
              model,
              "--dataset_name=" + problems,
              "--num_generations=2",
              "--max_completion_length=60",
              "--output=" + out.resolve("out.jsonl"));
      case "eval" ->
          List.of(
              command,
              model,
              "--dataset_name=" + problems,
              "--max_completion_length=100",
              "--output=" + out.resolve("out.jsonl"));
      case "traces" ->
          List.of(
              command,
              model,
              "--dataset_name=" + problems,
              "--num_generations=2",
              "--max_completion_length=120",
              "--output=" + out.resolve("out.jsonl"));
      case "compress" ->
          List.of(
              command,
              model,
              "--input=" + traces,
              "--kappa=0.4",
              "--output=" + out.resolve("out.jsonl"));
      case "convert" ->
          List.of(command, model, "--dtype=bfloat16", "--overwrite", "--output=" + out);
      case "quickstart" ->
          List.of(
              command,
              ROOT.resolve("configs/quickstart-fast.yaml").toString(),
              "--sft_config=" + ROOT.resolve("configs/quickstart-sft.yaml"),
              "--grpo_config=" + ROOT.resolve("configs/quickstart-grpo.yaml"),
              model,
              "--task=arithmetic",
              "--trace_problems=12",
              "--trace_samples=1",
              "--grpo_problems=4",
              "--problems=6",
              "--chains=1",
              "--max_completion_length=120",
              "--sft_settings={max_steps: 2, per_device_train_batch_size: 4, report_to: none}",
              "--grpo_settings={max_steps: 2, num_generations: 4, per_device_train_batch_size: 8,"
                  + " max_completion_length: 60, report_to: none}",
              "--controls=[]",
              "--output_dir=" + out);
      default -> throw new IllegalArgumentException(command);
    };
  }

  /** T1 for files: what stands under its name is whole, what is under way is gone on from. */
  @ParameterizedTest
  @ValueSource(strings = {"generate", "eval", "traces", "compress", "convert"})
  void command_killedAtRandomMoments_endsWithTheSameBytes(String command) throws Exception {
    int kills = SuiteSize.of("kills of " + command, "terse.kills.commands", 1);
    killAndCompare(command, kills);
  }

  /** Some minutes even for one kill: only among the suites. */
  @Test
  @Tag("soak")
  void quickstart_killedAtRandomMoments_endsWithTheSameTable() throws Exception {
    killAndCompare("quickstart", SuiteSize.of("kills of quickstart", "terse.kills.commands", 1));
  }

  private void killAndCompare(String command, int kills) throws Exception {
    long seed = TestSeed.of(command);
    Path whole = Files.createDirectory(folder.resolve("whole"));
    long start = System.nanoTime();
    try (CommandProcess run = start(command, whole)) {
      run.done();
    }
    int millis = (int) ((System.nanoTime() - start) / 1_000_000);
    Map<String, byte[]> expected = results(command, whole);
    assertThat(expected).isNotEmpty();
    Path out = Files.createDirectory(folder.resolve("killed"));
    int killed = 0;
    for (int attempt = 0; killed < kills; attempt++) {
      try (CommandProcess run = start(command, out)) {
        if (run.livesFor(SeedTree.below(SeedTree.at(seed, "moment", attempt), millis))) {
          run.kill();
          killed++;
          // Between its last instruction and its end: all is written, and given again is refused.
          if (!results(command, out).keySet().equals(expected.keySet())) {
            continue;
          }
        } else {
          run.done();
        }
      }
      // It was ready before its moment: what it has written is compared, and it begins anew.
      assertSame(command, out, expected);
      delete(out);
      Files.createDirectory(out);
    }
    try (CommandProcess last = start(command, out)) {
      last.done();
    }
    assertSame(command, out, expected);
  }

  private CommandProcess start(String command, Path out) throws IOException {
    return CommandProcess.start(folder.resolve(command + ".log"), arguments(command, out));
  }

  private static void assertSame(String command, Path out, Map<String, byte[]> expected)
      throws IOException {
    Map<String, byte[]> found = results(command, out);
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    for (Map.Entry<String, byte[]> file : expected.entrySet()) {
      assertThat(found.get(file.getKey())).as(file.getKey()).isEqualTo(file.getValue());
    }
  }

  /** All files of a folder; of a quickstart those that hold no times. */
  private static Map<String, byte[]> results(String command, Path folder) throws IOException {
    Map<String, byte[]> results = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = folder.relativize(file).toString();
        if (!command.equals("quickstart") || name.matches("table.txt|.*model.safetensors")) {
          results.put(name, Files.readAllBytes(file));
        }
      }
    }
    return results;
  }

  private static void delete(Path folder) throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(all::add);
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
