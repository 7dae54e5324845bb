package dev.terse.trainer.checkpoint;

import dev.terse.io.Folders;
import dev.terse.io.hub.InputKind;
import dev.terse.trainer.checkpoint.CheckpointStore.Checkpoint;
import dev.terse.trainer.checkpoint.CheckpointStore.Look;
import dev.terse.trainer.checkpoint.CheckpointStore.Named;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The output folder of a run, claimed before anything is computed. A folder belongs to one run: one
 * that holds another's checkpoints or model is refused, gone on from ({@code
 * resume_from_checkpoint}) or emptied of them ({@code overwrite_output_dir}). Nothing is deleted
 * before {@link #begin}.
 */
public final class RunFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
  private static final int NAME_BYTES = 6;

  /** Files by which a folder is a model. */
  private static final List<String> MODEL =
      List.of(
          "config.json",
          "generation_config.json",
          "model.safetensors",
          "model.safetensors.index.json",
          "adapter_config.json",
          "adapter_model.safetensors");

  private final RunLock lock;
  private final Path root;
  private final SavingConfig saving;
  private final Optional<Checkpoint> from;
  private final String run;
  private final List<Path> superseded;

  private RunFolder(
      RunLock lock,
      Path root,
      SavingConfig saving,
      Optional<Checkpoint> from,
      List<Path> superseded) {
    this.lock = lock;
    this.root = root;
    this.saving = saving;
    this.from = from;
    this.run = from.map(Checkpoint::run).orElseGet(RunFolder::newName);
    this.superseded = superseded;
  }

  /**
   * Claims {@code root}, which is made if it is not there.
   *
   * @param inputs files and folders that the run reads, which it may not write over
   * @throws IllegalArgumentException if another trainer has the folder, if it holds what {@code
   *     saving} does not allow to go on from or to delete, or if there is no checkpoint to go on
   *     from
   */
  public static RunFolder claim(Path root, SavingConfig saving, List<Path> inputs)
      throws IOException {
    for (Path input : inputs) {
      requireNotRead(root, input);
    }
    RunLock lock = RunLock.of(root);
    try {
      Claimed claimed = claimed(root, saving, inputs);
      new CheckpointStore(root).setAside(claimed.start().damaged());
      return new RunFolder(lock, root, saving, claimed.start().newest(), claimed.superseded());
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * Says what {@link #claim} would, and makes, locks, renames and changes nothing; another
   * trainer's lock is not seen.
   *
   * @return problems of damaged checkpoints that the claim would set aside, by their folders
   * @throws IllegalArgumentException as {@link #claim}
   */
  public static Map<Path, String> requireClaimable(
      Path root, SavingConfig saving, List<Path> inputs) throws IOException {
    if (Files.exists(root) && !Files.isDirectory(root)) {
      throw new IllegalArgumentException("output_dir " + root + " is a file, not a folder");
    }
    for (Path input : inputs) {
      requireNotRead(root, input);
    }
    if (Files.isDirectory(root)) {
      return claimed(root, saving, inputs).start().damaged();
    }
    return saving.resumes() ? start(root, saving).damaged() : Map.of();
  }

  /** What is gone on from, what is too damaged for it, and what would be deleted. */
  private record Claimed(Look start, List<Path> superseded) {}

  private static Claimed claimed(Path root, SavingConfig saving, List<Path> inputs)
      throws IOException {
    Look start = saving.resumes() ? start(root, saving) : new Look(Optional.empty(), Map.of());
    List<Path> superseded = superseded(root, start);
    requireAllowed(root, saving, superseded);
    for (Path input : inputs) {
      requireKept(input, superseded);
    }
    return new Claimed(start, superseded);
  }

  /** The checkpoint to go on from. */
  public Optional<Checkpoint> from() {
    return from;
  }

  /**
   * Deletes what is to be overwritten, and what a killed process was about to write or to delete;
   * from here on the folder is this run's.
   */
  public void begin() throws IOException {
    Staging staging = new Staging(root);
    staging.clear();
    if (superseded.isEmpty()) {
      return;
    }
    LOG.warn("overwrite_output_dir: {} of another run deleted in {}", names(superseded), root);
    for (Path each : superseded) {
      if (Files.isDirectory(each)) {
        staging.delete(staging.retire(each));
      } else {
        Files.delete(each);
      }
    }
    Folders.sync(root);
  }

  /** Saves this run's checkpoints. */
  public CheckpointWriter writer() {
    return new CheckpointWriter(root, run, saving.retained());
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }

  private static Look start(Path root, SavingConfig saving) throws IOException {
    if (!saving.resumesNewest()) {
      Path named = InputKind.FILE.place(saving.resumeFromCheckpoint());
      return new Look(Optional.of(CheckpointStore.open(named)), Map.of());
    }
    CheckpointStore store = new CheckpointStore(root);
    Set<String> runs = new LinkedHashSet<>();
    store.newestFirst().forEach(each -> Manifest.run(each.folder()).ifPresent(runs::add));
    if (runs.size() > 1) {
      throw new IllegalArgumentException(
          root
              + " holds checkpoints of "
              + runs.size()
              + " runs ("
              + names(store.newestFirst().stream().map(Named::folder).toList())
              + "): give resume_from_checkpoint the path of the one to go on from");
    }
    Look look = store.look();
    if (look.newest().isEmpty()) {
      List<String> damaged = new ArrayList<>();
      look.damaged().forEach((each, problem) -> damaged.add(each.getFileName() + ": " + problem));
      throw new IllegalArgumentException(
          "resume_from_checkpoint is true, but "
              + root
              + " holds no valid checkpoint"
              + (damaged.isEmpty() ? "" : " (" + String.join("; ", damaged) + ")")
              + "; leave the key out to start anew");
    }
    return look;
  }

  /** What of another run stands in the folder, or of the same run beyond the checkpoint. */
  private static List<Path> superseded(Path root, Look start) throws IOException {
    Optional<Checkpoint> from = start.newest();
    List<Path> found = new ArrayList<>();
    for (Named named : new CheckpointStore(root).newestFirst()) {
      if (start.damaged().containsKey(named.folder())) {
        continue; // will have another name
      }
      if (from.isEmpty() || !isBehind(named, from.get())) {
        found.add(named.folder());
      }
    }
    boolean own = from.isPresent() && isIn(root, from.get().folder()) && found.isEmpty();
    if (!own) {
      try (Stream<Path> files = Files.list(root)) {
        files.filter(RunFolder::isOfModel).sorted().forEach(found::add);
      }
    }
    return found;
  }

  /** Whether it is a step on the way to {@code from}. */
  private static boolean isBehind(Named named, Checkpoint from) {
    return named.step() <= from.step()
        && Manifest.run(named.folder()).filter(from.run()::equals).isPresent();
  }

  private static boolean isIn(Path root, Path checkpoint) throws IOException {
    return Files.isSameFile(root, checkpoint.toAbsolutePath().getParent());
  }

  private static boolean isOfModel(Path file) {
    String name = file.getFileName().toString();
    return Files.isRegularFile(file)
        && (MODEL.contains(name) || name.matches("model-\\d+-of-\\d+\\.safetensors"));
  }

  private static void requireAllowed(Path root, SavingConfig saving, List<Path> superseded) {
    if (superseded.isEmpty()) {
      return;
    }
    if (!saving.overwriteOutputDir()) {
      throw new IllegalArgumentException(
          root
              + " holds "
              + (saving.resumes() ? "what the resumed run would do anew" : "another run")
              + " ("
              + names(superseded)
              + "): "
              + (saving.resumes() ? "" : "resume_from_checkpoint true goes on with it, ")
              + "overwrite_output_dir true deletes it and begins, or choose another output_dir");
    }
    for (Path each : superseded) {
      if (Files.isDirectory(each) && Manifest.run(each).isEmpty()) {
        throw new IllegalArgumentException(
            each
                + " is named like a checkpoint, but carries no "
                + Manifest.NAME
                + " of this program, so it is not deleted; move it away, or choose another"
                + " output_dir");
      }
    }
  }

  private static void requireNotRead(Path root, Path input) throws IOException {
    if (Files.exists(root) && Files.exists(input) && Files.isSameFile(root, input)) {
      throw new IllegalArgumentException(
          "output_dir is " + input + ", which the run reads; choose another output_dir");
    }
  }

  private static void requireKept(Path input, List<Path> superseded) throws IOException {
    if (!Files.exists(input)) {
      return; // who reads it says so
    }
    Path real = input.toRealPath();
    for (Path each : superseded) {
      if (real.startsWith(each.toRealPath())) {
        throw new IllegalArgumentException(
            "the run reads "
                + input
                + ", which overwrite_output_dir would delete; choose another output_dir");
      }
    }
  }

  /** At most three names, and how many more. */
  private static String names(List<Path> paths) {
    int shown = Math.min(3, paths.size());
    List<String> names =
        new ArrayList<>(
            paths.subList(0, shown).stream()
                .map(path -> Objects.toString(path.getFileName()))
                .toList());
    if (paths.size() > shown) {
      names.add("and " + (paths.size() - shown) + " more");
    }
    return String.join(", ", names);
  }

  private static String newName() {
    byte[] bytes = new byte[NAME_BYTES];
    new SecureRandom().nextBytes(bytes); // an identity, not a draw: no number depends on it
    return HexFormat.of().formatHex(bytes);
  }
}
