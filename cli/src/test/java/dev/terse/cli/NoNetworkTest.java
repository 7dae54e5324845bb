package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.cli.command.ExitCodes;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Natives, tokenizer and a child process of a reward, where there is no network at all. */
class NoNetworkTest {
  private static final List<String> WITHOUT_NETWORK = List.of("unshare", "-rn");

  @TempDir private Path folder;

  @Test
  void grpo_inANamespaceWithoutInterfaces_runsAndKeepsItsFilesToTheOwner() throws Exception {
    Assumptions.assumeTrue(
        unshares(), "skipped: unshare -rn is not permitted here, so there is a network");
    Path problems = folder.resolve("problems.jsonl");
    Cli task =
        Cli.run("task", "arithmetic", "--format=problems", "--rows=4", "--output=" + problems);
    assertThat(task.code()).as(task.err()).isEqualTo(ExitCodes.OK);
    Path out = folder.resolve("out");
    List<String> wrapper = List.of("unshare", "-rn", "sh", "-c", "umask 077; exec \"$@\"", "sh");
    try (CommandProcess run =
        CommandProcess.start(
            folder.resolve("log"),
            wrapper,
            List.of("-XX:TieredStopAtLevel=1"),
            List.of(
                "grpo",
                "--model_name_or_path="
                    + SharedData.projectRoot().resolve("checkpoints/arithmetic-skip"),
                "--dataset_name=" + problems,
                "--output_dir=" + out,
                "--reward_funcs=[length, 'class:dev.terse.examples.FewSteps']",
                "--reward_settings={tau_length: 38}",
                "--num_generations=4",
                "--per_device_train_batch_size=4",
                "--max_completion_length=8",
                "--report_to=tensorboard",
                "--save_steps=1",
                "--max_steps=1"))) {
      run.done();
      assertThat(run.printed()).doesNotContain("UnknownHost", "ConnectException");
    }
    assertThat(out.resolve("model.safetensors")).exists();
    // What the umask takes away is not given back.
    try (Stream<Path> files = Files.walk(out)) {
      for (Path file : files.toList()) {
        assertThat(Files.getPosixFilePermissions(file).toString())
            .as(file.toString())
            .doesNotContain("GROUP", "OTHERS");
      }
    }
  }

  private static boolean unshares() throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(Stream.concat(WITHOUT_NETWORK.stream(), Stream.of("true")).toList())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // no such program
    }
  }
}
