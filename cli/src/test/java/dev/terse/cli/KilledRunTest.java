package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.engine.SeedTree;
import dev.terse.testkit.SuiteSize;
import dev.terse.testkit.TestSeed;
import dev.terse.testkit.TinyModels;
import dev.terse.trainer.checkpoint.CheckpointStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, really ended in the middle. */
class KilledRunTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @BeforeEach
  void data() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String completion : List.of("abbea", "eabab", "b", "aebea", "bae")) {
      lines.append("{\"prompt\":\"1+1=\",\"completion\":\"").append(completion).append("\"}\n");
    }
    Files.writeString(folder.resolve("sft.jsonl"), lines);
    Files.writeString(
        folder.resolve("problems.jsonl"), "{\"question\":\"1+1\",\"answer\":\"2\"}\n".repeat(4));
  }

  private CommandProcess start(String output, int maxSteps, String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "sft",
                "--engine=reference",
                "--model_name_or_path=" + TinyModels.folder("qwen2"),
                "--dataset_name=" + folder.resolve("sft.jsonl"),
                "--output_dir=" + folder.resolve(output),
                "--per_device_train_batch_size=2",
                "--lr_scheduler_type=constant",
                "--max_steps=" + maxSteps));
    command.addAll(List.of(more));
    return CommandProcess.start(folder.resolve(output + ".log"), command);
  }

  private CommandProcess startGrpo(String output, int maxSteps, String... more) throws IOException {
    return CommandProcess.start(folder.resolve(output + ".log"), grpo(output, maxSteps, more));
  }

  private List<String> grpo(String output, int maxSteps, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "grpo",
                "--engine=reference",
                "--model_name_or_path=" + TinyModels.folder("llama"),
                "--dataset_name=" + folder.resolve("problems.jsonl"),
                "--output_dir=" + folder.resolve(output),
                "--reward_funcs=length",
                "--reward_settings={tau_length: 3}",
                "--per_device_train_batch_size=4",
                "--num_generations=4",
                "--num_iterations=2",
                "--steps_per_generation=2",
                "--beta=0.1",
                "--max_completion_length=4",
                "--temperature=1.3",
                "--skip_token=e",
                "--learning_rate=1e-2",
                "--logging_steps=1",
                "--max_steps=" + maxSteps));
    command.addAll(List.of(more));
    return command;
  }

  private int newest(String output) throws IOException {
    return new CheckpointStore(folder.resolve(output))
        .newestValid()
        .map(CheckpointStore.Checkpoint::step)
        .orElse(0);
  }

  /** T10. */
  @Test
  void sigterm_finishesTheUpdateAndSavesIt() throws Exception {
    try (CommandProcess process = start("out", 1_000_000, "--save_steps=2")) {
      process.await(folder.resolve("out/checkpoint-2"));
      process.terminate();
      process.code();
      assertThat(process.printed()).contains("asked to stop: the run stands after update");
    }
    assertThat(newest("out")).isGreaterThanOrEqualTo(2);
    assertThat(folder.resolve("out/model.safetensors")).doesNotExist();
  }

  /** T10: there is nothing to save yet, so nothing is waited for. */
  @Test
  void sigterm_whileTheDataAreRead_endsTheProcessAtOnce() throws Exception {
    String row = Files.readAllLines(folder.resolve("sft.jsonl")).get(0) + "\n";
    Files.writeString(folder.resolve("sft.jsonl"), row.repeat(300_000)); // minutes of reading
    try (CommandProcess process = start("out", 10)) {
      process.await(folder.resolve("out/.trainer.lock"));
      assertThat(process.livesFor(1000)).as(process.printed()).isTrue();
      long asked = System.nanoTime();
      process.terminate();
      assertThat(process.code()).isEqualTo(143);
      assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - asked)).isLessThan(10);
      assertThat(process.printed()).contains("asked to stop before the first update: there is");
    }
  }

  /** T1 and T2: killed at random moments while saving after every update, restarted by a loop. */
  @Test
  @Tag("kill")
  void sft_killedAtRandomMoments_endsWithTheBitsOfAnUndisturbedRun() throws Exception {
    int kills = SuiteSize.of("kills of sft", "terse.kills", 3);
    killAndCompare(this::start, kills, 20 * kills, 200);
  }

  /** T2: two updates a generation, so that half of the kills resume within one. */
  @Test
  @Tag("kill")
  void grpo_killedAtRandomMoments_endsWithTheBitsOfAnUndisturbedRun() throws Exception {
    int kills = SuiteSize.of("kills of grpo", "terse.kills.grpo", 2);
    killAndCompare(this::startGrpo, kills, Math.min(200, 8 * kills), 200);
    assertThat(losses("killed")).isEqualTo(losses("whole"));
  }

  /**
   * T49: killed, asked to stop, its newest checkpoint damaged, no room for a checkpoint, leftovers
   * beside it, at random and one after another: never a step by hand, and the same end.
   */
  @Test
  @Tag("chaos")
  void grpo_amongRandomFaults_needsNoHandAndEndsWithTheSameBits() throws Exception {
    int rounds = SuiteSize.of("rounds of chaos", "terse.rounds", 2);
    int steps = 5 * rounds;
    long seed = TestSeed.of("chaos");
    try (CommandProcess whole = startGrpo("whole", steps, "--save_strategy=no")) {
      whole.done();
    }
    Path out = Files.createDirectory(folder.resolve("killed"));
    for (int round = 0; round < rounds; round++) {
      int before = newest("killed");
      chaos(new Random(SeedTree.at(seed, "round", round)), out, before, steps);
      assertThat(newest("killed")).as("round %d", round).isGreaterThanOrEqualTo(before - 1);
    }
    try (CommandProcess last = startGrpo("killed", steps, resume(newest("killed")))) {
      last.done();
    }
    assertThat(out.resolve("model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("whole/model.safetensors"));
  }

  /** One round: a run up to its next checkpoint, and one of five faults. */
  private void chaos(Random random, Path out, int before, int steps) throws Exception {
    int fault = random.nextInt(5);
    Files.createDirectories(out.resolve(".tmp-mine-" + random.nextInt(9))); // the user's
    // Files of at most 32 KB: no checkpoint can be written.
    List<String> wrapper =
        fault == 3 ? List.of("sh", "-c", "ulimit -f 64; exec \"$@\"", "sh") : List.of();
    try (CommandProcess run =
        CommandProcess.start(
            folder.resolve("killed.log"),
            wrapper,
            List.of("-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"),
            grpo("killed", steps, "--save_steps=1", "--save_total_limit=3", resume(before)))) {
      if (fault == 3) {
        run.livesFor(2000 + random.nextInt(2000));
      } else {
        run.await(out.resolve("checkpoint-" + Math.min(steps, before + 2)));
        run.livesFor(random.nextInt(200));
      }
      if (fault == 4) {
        run.terminate();
        run.code();
      } else {
        run.kill();
      }
    }
    if (fault == 1 || fault == 2) {
      damage(out.resolve("checkpoint-" + newest("killed")), random, fault == 1);
    }
  }

  private static void damage(Path checkpoint, Random random, boolean cut) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(checkpoint)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    Path file = files.get(random.nextInt(files.size()));
    byte[] bytes = Files.readAllBytes(file);
    if (cut) {
      Files.write(file, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
    } else {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, bytes);
    }
  }

  /** T46: each update once and in order, whatever was written between checkpoint and kill. */
  private List<String> losses(String output) throws IOException {
    List<String> losses = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve(output + "/metrics.jsonl"))) {
      JsonNode row = JSON.readTree(line);
      if (row.has("train/loss")) {
        losses.add(row.get("step") + ": " + row.get("train/loss"));
      }
    }
    assertThat(losses).isNotEmpty();
    return losses;
  }

  /** Starts a training of so many updates into a folder. */
  private interface Training {
    CommandProcess start(String output, int maxSteps, String... more) throws IOException;
  }

  private void killAndCompare(Training training, int kills, int steps, int momentMillis)
      throws Exception {
    long seed = TestSeed.of("kill-9");
    try (CommandProcess whole = training.start("whole", steps, "--save_strategy=no")) {
      whole.done();
    }
    int reached = 0;
    for (int kill = 0; kill < kills; kill++) {
      int next = Math.min(steps - 1, reached + 1);
      try (CommandProcess run =
          training.start("killed", steps, "--save_steps=1", resume(reached))) {
        run.await(folder.resolve("killed/checkpoint-" + next));
        run.livesFor(SeedTree.below(SeedTree.at(seed, "moment", kill), momentMillis));
        run.kill();
      }
      int now = newest("killed");
      assertThat(now).as("checkpoints fell back at kill %d", kill).isGreaterThanOrEqualTo(next);
      reached = now;
    }
    try (CommandProcess last =
        training.start("killed", steps, "--save_steps=" + steps, resume(reached))) {
      last.done();
    }
    assertThat(folder.resolve("killed/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("whole/model.safetensors"));
  }

  private static String resume(int reached) {
    return "--resume_from_checkpoint=" + (reached > 0);
  }
}
