package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.SeedTree;
import dev.terse.testkit.TestSeed;
import dev.terse.testkit.TinyModels;
import dev.terse.trainer.checkpoint.CheckpointStore;
import dev.terse.trainer.cli.Main;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, really ended in the middle. */
class KilledRunTest {
  private static final long PATIENCE_SECONDS = 120;

  @TempDir private Path folder;

  @BeforeEach
  void data() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String completion : List.of("abbea", "eabab", "b", "aebea", "bae")) {
      lines.append("{\"prompt\":\"1+1=\",\"completion\":\"").append(completion).append("\"}\n");
    }
    Files.writeString(folder.resolve("sft.jsonl"), lines);
  }

  private Process start(String output, int maxSteps, String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "sft",
                "--engine=reference",
                "--model_name_or_path=" + TinyModels.folder("qwen2"),
                "--dataset_name=" + folder.resolve("sft.jsonl"),
                "--output_dir=" + folder.resolve(output),
                "--per_device_train_batch_size=2",
                "--lr_scheduler_type=constant",
                "--max_steps=" + maxSteps));
    command.addAll(List.of(more));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(new File(folder.toFile(), output + ".log")))
        .start();
  }

  private int newest(String output) throws IOException {
    return new CheckpointStore(folder.resolve(output))
        .newestValid()
        .map(CheckpointStore.Checkpoint::step)
        .orElse(0);
  }

  private void awaitCheckpoint(Process process, String output, int step)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.exists(folder.resolve(output + "/checkpoint-" + step))) {
      assertThat(process.isAlive()).as(log(output)).isTrue();
      assertThat(System.nanoTime()).as("no checkpoint came\n" + log(output)).isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  private String log(String output) throws IOException {
    Path log = folder.resolve(output + ".log");
    return Files.exists(log) ? Files.readString(log) : "";
  }

  @Test
  void sigterm_finishesTheUpdateAndSavesIt() throws Exception {
    Process process = start("out", 1_000_000, "--save_steps=2");
    awaitCheckpoint(process, "out", 2);
    process.destroy();
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(log("out")).isTrue();
    assertThat(log("out")).contains("asked to stop: the run stands after update");
    assertThat(newest("out")).isGreaterThanOrEqualTo(2);
    assertThat(folder.resolve("out/model.safetensors")).doesNotExist();
  }

  /** T10: there is nothing to save yet, so nothing is waited for. */
  @Test
  void sigterm_whileTheDataAreRead_endsTheProcessAtOnce() throws Exception {
    String row = Files.readAllLines(folder.resolve("sft.jsonl")).get(0) + "\n";
    Files.writeString(folder.resolve("sft.jsonl"), row.repeat(300_000)); // minutes of reading
    Process process = start("out", 10);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.exists(folder.resolve("out/.trainer.lock"))) {
      assertThat(System.nanoTime()).as(log("out")).isLessThan(deadline);
      Thread.sleep(20);
    }
    Thread.sleep(1000);
    long asked = System.nanoTime();
    process.destroy();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).as(log("out")).isTrue();
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - asked)).isLessThan(10);
    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(log("out")).contains("asked to stop before the first update: there is nothing");
  }

  /** T1 and T2: killed at random moments while saving after every update, restarted by a loop. */
  @Test
  void kill9_atRandomMoments_endsWithTheBitsOfAnUndisturbedRun() throws Exception {
    killAndCompare(3, 60);
  }

  @Test
  @Tag("soak")
  void kill9_thirtyTimes_endsWithTheBitsOfAnUndisturbedRun() throws Exception {
    killAndCompare(30, 600);
  }

  private void killAndCompare(int kills, int steps) throws Exception {
    long seed = TestSeed.of("kill-9");
    assertThat(start("whole", steps, "--save_strategy=no").waitFor()).as(log("whole")).isZero();
    int reached = 0;
    for (int kill = 0; kill < kills; kill++) {
      Process process = start("killed", steps, "--save_steps=1", resume(reached));
      int next = Math.min(steps - 1, reached + 1);
      awaitCheckpoint(process, "killed", next);
      Thread.sleep(SeedTree.below(SeedTree.at(seed, "moment", kill), 200));
      process.destroyForcibly().waitFor();
      int now = newest("killed");
      assertThat(now).as("checkpoints fell back at kill %d", kill).isGreaterThanOrEqualTo(next);
      reached = now;
    }
    Process last = start("killed", steps, "--save_steps=" + steps, resume(reached));
    assertThat(last.waitFor()).as(log("killed")).isZero();
    assertThat(Files.readAllBytes(folder.resolve("killed/model.safetensors")))
        .isEqualTo(Files.readAllBytes(folder.resolve("whole/model.safetensors")));
  }

  private static String resume(int reached) {
    return "--resume_from_checkpoint=" + (reached > 0);
  }
}
