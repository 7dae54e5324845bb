package dev.terse.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.trainer.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rule of the output folder: refused, gone on from, or emptied of another run. */
class RunFolderTest {
  @TempDir private Path folder;

  private static SavingConfig saving(String... keys) {
    return ConfigReader.parse("test", "", List.of(keys), SavingConfig.class).config();
  }

  private RunFolder claim(Path root, String... keys) throws IOException {
    return RunFolder.claim(root, saving(keys), List.of());
  }

  /** A run that saves after these updates and leaves a model. */
  private void run(Path root, int... steps) throws IOException {
    try (RunFolder run = claim(root)) {
      run.begin();
      CheckpointWriter writer = run.writer();
      for (int step : steps) {
        save(writer, step);
      }
      Files.writeString(root.resolve("config.json"), "{}");
      Files.writeString(root.resolve("model.safetensors"), "weights");
    }
  }

  private static void save(CheckpointWriter writer, int step) throws IOException {
    writer.save(
        step, 0, each -> Files.writeString(each.resolve("config.json"), "{}"), OptionalInt.empty());
  }

  private static Set<String> names(Path root) throws IOException {
    try (Stream<Path> entries = Files.list(root)) {
      Set<String> names = new TreeSet<>();
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
      names.remove(".trainer.lock");
      return names;
    }
  }

  private AbstractThrowableAssert<?, ?> refused(Path root, String... keys) throws IOException {
    Set<String> before = names(root);
    var refusal =
        assertThatThrownBy(() -> claim(root, keys)).isInstanceOf(IllegalArgumentException.class);
    assertThat(names(root)).as("nothing is touched").isEqualTo(before);
    claimable(root);
    return refusal;
  }

  /** The lock of a refused run is free again. */
  private static void claimable(Path root) throws IOException {
    RunLock.of(root).close();
  }

  @Test
  void begin_inAFolderOfAnotherRun_isRefusedWithWhatToDo() throws IOException {
    run(folder, 2, 4, 6, 8);
    refused(folder)
        .hasMessage(
            folder
                + " holds another run (checkpoint-8, checkpoint-6, checkpoint-4, and 3 more):"
                + " resume_from_checkpoint true goes on with it, overwrite_output_dir true deletes"
                + " it and begins, or choose another output_dir");
  }

  @Test
  void begin_overAModelWithoutCheckpoints_isRefused() throws IOException {
    run(folder);
    refused(folder).hasMessageContaining("holds another run (config.json, model.safetensors)");
  }

  @Test
  void begin_besideOtherFiles_isAllowed() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "x");
    Files.createDirectories(folder.resolve("completions"));
    Files.createDirectories(folder.resolve("checkpoints"));
    claim(folder).close();
  }

  @Test
  void overwrite_deletesTheOtherRunButNotBeforeItBegins() throws IOException {
    run(folder, 2, 4);
    Files.writeString(folder.resolve("notes.txt"), "x");
    try (RunFolder next = claim(folder, "--overwrite_output_dir")) {
      assertThat(names(folder)).contains("checkpoint-2", "checkpoint-4", "model.safetensors");
      next.begin();
      assertThat(names(folder)).containsExactly("notes.txt");
      save(next.writer(), 1);
    }
    assertThat(names(folder)).containsExactly("checkpoint-1", "notes.txt");
  }

  @Test
  void overwrite_ofAFolderThatIsNoCheckpointOfOurs_isRefused() throws IOException {
    Files.createDirectories(folder.resolve("checkpoint-500"));
    Files.writeString(folder.resolve("checkpoint-500/pytorch_model.bin"), "precious");
    refused(folder, "--overwrite_output_dir")
        .hasMessageContaining("checkpoint-500 is named like a checkpoint, but carries no MANIFEST");
  }

  @Test
  void resume_ofTheNewest_keepsTheRunAndItsModel() throws IOException {
    run(folder, 2, 4);
    Set<String> before = names(folder);
    try (RunFolder next = claim(folder, "--resume_from_checkpoint=true")) {
      assertThat(next.from().orElseThrow().step()).isEqualTo(4);
      next.begin();
      assertThat(names(folder)).isEqualTo(before);
      save(next.writer(), 6);
    }
    assertThat(CheckpointStore.open(folder.resolve("checkpoint-6")).run())
        .isEqualTo(CheckpointStore.open(folder.resolve("checkpoint-2")).run())
        .matches("[0-9a-f]{12}");
  }

  /** Whoever only looks, as doctor does, changes nothing; the run that claims sets them aside. */
  @Test
  void damaged_areSeenByALook_andRenamedByAClaim() throws IOException {
    run(folder, 2, 4, 6);
    for (int step : new int[] {4, 6}) {
      Files.writeString(folder.resolve("checkpoint-" + step + "/config.json"), "{");
    }
    Set<String> before = names(folder);
    String resume = "--resume_from_checkpoint=true";
    Map<Path, String> damaged = RunFolder.requireClaimable(folder, saving(resume), List.of());
    assertThat(names(folder)).isEqualTo(before);
    assertThat(damaged.keySet())
        .containsExactly(folder.resolve("checkpoint-6"), folder.resolve("checkpoint-4"));
    assertThat(damaged.values()).allMatch(problem -> problem.contains("config.json"));
    try (RunFolder next = claim(folder, resume)) {
      assertThat(next.from().orElseThrow().step()).isEqualTo(2);
    }
    assertThat(names(folder))
        .contains("checkpoint-2", "damaged-checkpoint-4", "damaged-checkpoint-6")
        .doesNotContain("checkpoint-4", "checkpoint-6");
  }

  @Test
  void resume_whereAllAreDamaged_isRefusedWithTheirProblems_andTouchesNothing() throws IOException {
    run(folder, 2);
    Files.writeString(folder.resolve("checkpoint-2/config.json"), "{");
    refused(folder, "--resume_from_checkpoint=true")
        .hasMessageContaining("holds no valid checkpoint (checkpoint-2: config.json");
  }

  /** T9: a step back does the later ones anew, so they must go, and somebody must say so. */
  @Test
  void resume_ofAnOlderOne_needsTheWordToDeleteTheLaterOnes() throws IOException {
    run(folder, 2, 4, 6, 8);
    String back = "--resume_from_checkpoint=" + folder.resolve("checkpoint-4");
    refused(folder, back)
        .hasMessageContaining("holds what the resumed run would do anew (checkpoint-8")
        .hasMessageContaining("overwrite_output_dir true deletes it and begins");
    try (RunFolder next = claim(folder, back, "--overwrite_output_dir")) {
      next.begin();
      assertThat(names(folder)).containsExactly("checkpoint-2", "checkpoint-4");
      CheckpointWriter writer = next.writer();
      save(writer, 5);
      save(writer, 6);
    }
    assertThat(names(folder)).contains("checkpoint-5", "checkpoint-6");
  }

  @Test
  void resume_fromAnotherFolder_leavesThatOneAlone() throws IOException {
    Path old = Files.createDirectories(folder.resolve("old"));
    run(old, 2, 4);
    Set<String> before = names(old);
    Path output = Files.createDirectories(folder.resolve("new"));
    String from = "--resume_from_checkpoint=" + old.resolve("checkpoint-2");
    try (RunFolder next = claim(output, from)) {
      next.begin();
      save(next.writer(), 3);
    }
    assertThat(names(old)).isEqualTo(before);
    assertThat(names(output)).containsExactly("checkpoint-3");
    Path third = Files.createDirectories(folder.resolve("third"));
    run(third, 1);
    refused(third, from).hasMessageContaining("holds what the resumed run would do anew");
  }

  @Test
  void resume_inAFolderOfTwoRuns_asksForThePath() throws IOException {
    run(folder, 5, 6);
    CheckpointWriter stranger = new CheckpointWriter(folder, "stranger", 2);
    save(stranger, 3);
    refused(folder, "--resume_from_checkpoint=true")
        .hasMessageContaining("holds checkpoints of 2 runs (checkpoint-6, checkpoint-5")
        .hasMessageContaining("give resume_from_checkpoint the path");
  }

  @Test
  void claim_ofAFolderThatTheRunReads_isRefused() throws IOException {
    run(folder, 2);
    assertThatThrownBy(
            () -> RunFolder.claim(folder, saving("--overwrite_output_dir"), List.of(folder)))
        .hasMessage("output_dir is " + folder + ", which the run reads; choose another output_dir");
    Path start = folder.resolve("checkpoint-2");
    assertThatThrownBy(
            () -> RunFolder.claim(folder, saving("--overwrite_output_dir"), List.of(start)))
        .hasMessageContaining(start + ", which overwrite_output_dir would delete");
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
    assertThatThrownBy(
            () -> RunFolder.claim(link, saving("--overwrite_output_dir"), List.of(folder)))
        .hasMessageContaining("which the run reads");
  }
}
