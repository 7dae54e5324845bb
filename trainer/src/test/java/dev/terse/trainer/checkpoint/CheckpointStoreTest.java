package dev.terse.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.SeedTree;
import dev.terse.testkit.SuiteSize;
import dev.terse.testkit.TestSeed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {
  @TempDir private Path root;
  private CheckpointStore store;
  private CheckpointWriter writer;

  @BeforeEach
  void open() {
    store = new CheckpointStore(root);
    writer = new CheckpointWriter(root, "run", 2);
  }

  private void save(int step) throws IOException {
    save(writer, step, OptionalInt.empty());
  }

  private void save(int step, OptionalInt best) throws IOException {
    save(writer, step, best);
  }

  private static void save(CheckpointWriter writer, int step) throws IOException {
    save(writer, step, OptionalInt.empty());
  }

  private static void save(CheckpointWriter writer, int step, OptionalInt best) throws IOException {
    writer.save(
        step,
        1000,
        folder -> {
          Files.writeString(folder.resolve("config.json"), "{\"step\":" + step + "}");
          Files.createDirectories(folder.resolve("trainer_state"));
          byte[] weights = new byte[1000];
          Arrays.fill(weights, (byte) step);
          Files.write(folder.resolve("trainer_state/w.bin"), weights);
        },
        best);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(root)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void save_severalSteps_keepsTheNewest() throws IOException {
    for (int step : new int[] {5, 10, 15, 20}) {
      save(step);
    }
    assertThat(names()).containsExactly("checkpoint-15", "checkpoint-20");
    assertThat(store.newestValid().orElseThrow().step()).isEqualTo(20);
  }

  @Test
  void save_withABest_retainsItBesideTheNewest() throws IOException {
    for (int step : new int[] {5, 10, 15, 20}) {
      save(step, OptionalInt.of(5));
    }
    assertThat(names()).containsExactly("checkpoint-15", "checkpoint-20", "checkpoint-5");
    assertThat(writer.at(5)).isPresent();
    assertThat(writer.at(10)).isEmpty();
    save(25, OptionalInt.of(20));
    assertThat(names()).containsExactly("checkpoint-20", "checkpoint-25");
  }

  @Test
  void isBetter_followsTheNameOfTheMetric() {
    BestModelConfig loss = new BestModelConfig(true, null, null);
    BestModelConfig reward = new BestModelConfig(true, "eval_reward", null);
    BestModelConfig length = new BestModelConfig(true, "eval/completions/mean_length", false);
    Optional<BestModel> best = Optional.of(new BestModel(1, 3));
    assertThat(loss.metric()).isEqualTo("loss");
    assertThat(loss.isBetter(0.9, best)).isTrue();
    assertThat(loss.isBetter(1, best)).isFalse();
    assertThat(reward.metric()).isEqualTo("reward");
    assertThat(reward.isBetter(1.1, best)).isTrue();
    assertThat(length.metric()).isEqualTo("completions/mean_length");
    assertThat(length.isBetter(0.9, best)).isTrue();
    assertThat(loss.isBetter(Double.NaN, Optional.empty())).isFalse();
    assertThat(reward.isBetter(-5, Optional.empty())).isTrue();
  }

  @Test
  void save_thatFails_leavesWhatStoodThere() throws IOException {
    save(1);
    assertThatThrownBy(
            () ->
                writer.save(
                    2,
                    0,
                    folder -> {
                      Files.writeString(folder.resolve("half"), "x");
                      throw new IOException("No space left on device");
                    },
                    OptionalInt.empty()))
        .hasMessageContaining("No space left");
    assertThat(names()).containsExactly("checkpoint-1");
  }

  @Test
  void save_sameStepAgain_replacesIt() throws IOException {
    save(3);
    save(3);
    assertThat(names()).containsExactly("checkpoint-3");
    assertThat(store.newestValid()).isPresent();
  }

  /** Also of a dead process that had this one's number, as in containers, where all are 1. */
  @Test
  void leftovers_ofDeadProcesses_areRemovedAtTheNextSave() throws IOException {
    for (String name : List.of("checkpoint-1", "checkpoint-9", "replaced-checkpoint-3")) {
      Path left = Files.createDirectories(root.resolve(".tmp-" + name + "/sub")).getParent();
      Files.createFile(left.resolve(".trainer-temporary"));
    }
    Files.createDirectories(root.resolve(".tmp-checkpoint-5")); // died before the mark
    Path sealed = Files.createDirectories(root.resolve(".tmp-checkpoint-6-" + pid()));
    Files.writeString(sealed.resolve("MANIFEST.json"), "{}");
    save(1);
    assertThat(names()).containsExactly("checkpoint-1");
  }

  private static long pid() {
    return ProcessHandle.current().pid();
  }

  @Test
  void save_besideFoldersOfTheUser_leavesThemWhateverTheirNames() throws IOException {
    for (String name : List.of(".tmp-backup-20240101", ".tmp-checkpoint-9-999999999", ".tmp-x")) {
      Files.createDirectories(root.resolve(name + "/precious"));
    }
    save(1);
    assertThat(names())
        .containsExactly(
            ".tmp-backup-20240101", ".tmp-checkpoint-9-999999999", ".tmp-x", "checkpoint-1");
  }

  /** T9: what another run wrote is not counted and not touched, nor are later steps. */
  @Test
  void retention_besideAnotherRun_countsOnlyItsOwn() throws IOException {
    CheckpointWriter other = new CheckpointWriter(root, "other", 2);
    save(other, 5);
    save(other, 6);
    for (int step = 1; step <= 4; step++) {
      save(step);
    }
    assertThat(names())
        .containsExactly("checkpoint-3", "checkpoint-4", "checkpoint-5", "checkpoint-6");
    save(8);
    CheckpointWriter back = new CheckpointWriter(root, "run", 2); // resumed from an older step
    save(back, 4);
    assertThat(names()).contains("checkpoint-4", "checkpoint-8");
  }

  /** T3: an old checkpoint loses its name before its first file. */
  @Test
  void retention_thatCannotDelete_isNoFailedSave() throws IOException {
    save(1);
    save(2);
    // A folder that cannot be put away: its place is taken by something that is no folder.
    Path taken = Files.createFile(root.resolve(".tmp-replaced-checkpoint-1"));
    assertThatNoException().isThrownBy(() -> save(3));
    assertThat(names()).contains("checkpoint-1", "checkpoint-2", "checkpoint-3");
    assertThat(store.newestValid().orElseThrow().step()).isEqualTo(3);
    Files.delete(taken);
    save(4);
    assertThat(names()).containsExactly("checkpoint-3", "checkpoint-4");
  }

  /** T12: sealed by a newer version, so it is not damaged. */
  @Test
  void newest_ofANewerFormat_isRefusedByItsVersionAndKept() throws IOException {
    save(1);
    save(2);
    Path manifest = root.resolve("checkpoint-2/MANIFEST.json");
    String listing =
        Files.readString(manifest).split(",\n")[0].replace("\"format\":1", "\"format\":2");
    CRC32C crc = new CRC32C();
    crc.update(listing.getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        manifest, listing + ",\n\"crc32c\":\"" + String.format("%08x", crc.getValue()) + "\"}\n");
    for (ThrowingCallable reading :
        List.<ThrowingCallable>of(
            store::newestValid, () -> CheckpointStore.open(root.resolve("checkpoint-2")))) {
      assertThatThrownBy(reading)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("checkpoint-2 has format 2, this version reads up to 1")
          .hasMessageContaining("written by a newer version");
    }
    assertThat(names()).containsExactly("checkpoint-1", "checkpoint-2");
  }

  @Test
  void save_onADiskWithoutRoom_saysSoBeforeItWrites() throws IOException {
    save(1);
    assertThatThrownBy(() -> writer.save(2, Long.MAX_VALUE, folder -> {}, OptionalInt.empty()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(root + " needs 9223372036854.8 MB, its disk has ");
    assertThat(names()).containsExactly("checkpoint-1");
  }

  /** T6: one flipped bit anywhere is found, in whichever file it is. */
  @Test
  @Tag("fault")
  void newest_withAFlippedBit_isPassedOverAndKept() throws IOException {
    long seed = TestSeed.of("checkpoint-flips");
    save(1);
    int flips = SuiteSize.of("flips of checkpoints", "terse.flips", 60);
    for (int round = 0; round < flips; round++) {
      save(2);
      Path folder = root.resolve("checkpoint-2");
      List<Path> files;
      try (Stream<Path> all = Files.walk(folder)) {
        files = all.filter(Files::isRegularFile).sorted().toList();
      }
      Path file = files.get(round % files.size());
      byte[] bytes = Files.readAllBytes(file);
      int at = SeedTree.below(SeedTree.at(seed, "byte", round), bytes.length);
      bytes[at] ^= (byte) (1 << SeedTree.below(SeedTree.at(seed, "bit", round), 8));
      Files.write(file, bytes);
      assertThat(store.newestValid().orElseThrow().step())
          .as("flip in byte %d of %s", at, file)
          .isEqualTo(1);
    }
    assertThat(names()).contains("damaged-checkpoint-2", "damaged-checkpoint-2." + flips);
  }

  /** T5 and T7: cut, emptied, deleted, added, swapped with another step's. */
  @Test
  void newest_withAnyFileWrong_isPassedOver() throws IOException {
    save(1);
    List<FileDamage> damages =
        List.of(
            file -> Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 7)),
            file -> Files.write(file, new byte[0]),
            Files::delete,
            file -> Files.write(file.resolveSibling("extra"), new byte[] {1}),
            file -> Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 2000)));
    for (String name : List.of("MANIFEST.json", "config.json", "trainer_state/w.bin")) {
      for (FileDamage damage : damages) {
        save(2);
        damage.to(root.resolve("checkpoint-2").resolve(name));
        assertThat(store.newestValid().orElseThrow().step()).isEqualTo(1);
      }
      save(2);
      Files.copy(
          root.resolve("checkpoint-1").resolve(name),
          root.resolve("checkpoint-2").resolve(name),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      assertThat(store.newestValid().orElseThrow().step()).isEqualTo(1);
    }
  }

  @Test
  void retention_withDamagedOnes_neverDeletesTheLastValid() throws IOException {
    save(1);
    save(2);
    for (int step = 3; step < 6; step++) {
      save(step);
      Files.delete(root.resolve("checkpoint-" + step + "/config.json"));
    }
    assertThat(names()).contains("checkpoint-2", "checkpoint-3", "checkpoint-4", "checkpoint-5");
    assertThat(store.newestValid().orElseThrow().step()).isEqualTo(2);
  }

  @Test
  void open_ofADamagedOrOtherFolder_isToldInOneSentence() throws IOException {
    save(4);
    Files.delete(root.resolve("checkpoint-4/config.json"));
    assertThatThrownBy(() -> CheckpointStore.open(root.resolve("checkpoint-4")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("checkpoint-4 is damaged: config.json is missing");
    assertThatThrownBy(() -> CheckpointStore.open(root))
        .hasMessageContaining("expected a folder named checkpoint-N");
  }

  @Test
  void lock_secondTrainerOnTheSameFolder_isRefusedWithTheOwner() throws IOException {
    RunLock first = RunLock.of(root);
    try {
      assertThatThrownBy(() -> RunLock.of(root))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is in use by another trainer")
          .hasMessageContaining("process " + ProcessHandle.current().pid());
    } finally {
      first.close();
    }
    RunLock.of(root).close();
  }

  @Test
  void lock_thatIsGivenBack_leavesNothingThatItMade() throws IOException {
    Path folder = root.resolve("new/run");
    RunLock.of(folder).close();
    assertThat(root.resolve("new")).doesNotExist();
    RunLock lock = RunLock.of(folder);
    Files.writeString(folder.resolve("metrics.jsonl"), "{}");
    lock.close();
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(folder.resolve("metrics.jsonl"));
    }
  }

  /** What somebody or something does to a file. */
  private interface FileDamage {
    void to(Path file) throws IOException;
  }
}
