package dev.terse.trainer.checkpoint;

import dev.terse.trainer.checkpoint.Manifest.Damaged;
import dev.terse.trainer.checkpoint.Manifest.Finding;
import dev.terse.trainer.checkpoint.Manifest.Whole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints that stand in a folder: {@code checkpoint-N}. There is no "latest" file, the
 * newest valid one is found by looking.
 *
 * @param root output_dir
 */
public record CheckpointStore(Path root) {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);
  private static final Pattern CHECKPOINT = Pattern.compile("checkpoint-([0-9]{1,9})");

  /**
   * A valid checkpoint.
   *
   * @param step updates done when it was written
   * @param run that wrote it; empty of checkpoints that were written before runs had names
   */
  public record Checkpoint(int step, Path folder, String run) {}

  /**
   * A folder that is named like a checkpoint, valid or not.
   *
   * @param step that its name says
   */
  record Named(int step, Path folder) {}

  /**
   * What stands in the folder, seen from the newest on.
   *
   * @param newest whole checkpoint
   * @param damaged problems of newer ones by their folders, the newest first
   */
  record Look(Optional<Checkpoint> newest, Map<Path, String> damaged) {}

  /**
   * The newest checkpoint that is whole. Damaged ones that are newer are renamed to {@code
   * damaged-checkpoint-N} and told of; nothing is deleted.
   *
   * @throws IllegalArgumentException if a newer one is of a format that this version does not read
   * @throws IOException if one cannot be read, which does not mean that it is damaged
   */
  public Optional<Checkpoint> newestValid() throws IOException {
    Look look = look();
    setAside(look.damaged());
    return look.newest();
  }

  /** Looks and changes nothing; throws as {@link #newestValid}. */
  Look look() throws IOException {
    Map<Path, String> damaged = new LinkedHashMap<>();
    for (Named candidate : newestFirst()) {
      Finding finding = Manifest.check(candidate.folder(), candidate.step());
      if (finding instanceof Whole whole) {
        Checkpoint newest = new Checkpoint(candidate.step(), candidate.folder(), whole.run());
        return new Look(Optional.of(newest), damaged);
      }
      damaged.put(candidate.folder(), ((Damaged) finding).problem());
    }
    return new Look(Optional.empty(), damaged);
  }

  /** Renames damaged checkpoints, by their problems, so that nothing takes them for whole. */
  void setAside(Map<Path, String> damaged) throws IOException {
    for (Map.Entry<Path, String> each : damaged.entrySet()) {
      Path folder = each.getKey();
      Path aside = freeName("damaged-" + folder.getFileName());
      Files.move(folder, aside, StandardCopyOption.ATOMIC_MOVE);
      LOG.warn(
          "{} is damaged: {}; it is now {}, trying an older one",
          folder,
          each.getValue(),
          aside.getFileName());
    }
  }

  /**
   * The checkpoint in {@code folder}.
   *
   * @throws IllegalArgumentException if it is none, damaged, or of a newer format
   * @throws IOException if it cannot be read
   */
  public static Checkpoint open(Path folder) throws IOException {
    Matcher name = CHECKPOINT.matcher(String.valueOf(folder.getFileName()));
    if (!Files.isDirectory(folder) || !name.matches()) {
      throw new IllegalArgumentException(
          folder + " is no checkpoint: expected a folder named checkpoint-N");
    }
    int step = Integer.parseInt(name.group(1));
    Finding finding = Manifest.check(folder, step);
    if (finding instanceof Damaged damaged) {
      throw new IllegalArgumentException(
          folder + " is damaged: " + damaged.problem() + "; resume from another checkpoint");
    }
    return new Checkpoint(step, folder, ((Whole) finding).run());
  }

  /** Folders named {@code checkpoint-N}, the highest N first. */
  List<Named> newestFirst() throws IOException {
    List<Named> found = new ArrayList<>();
    if (!Files.isDirectory(root)) {
      return found;
    }
    try (Stream<Path> entries = Files.list(root)) {
      entries
          .filter(Files::isDirectory)
          .forEach(
              folder -> {
                Matcher name = CHECKPOINT.matcher(folder.getFileName().toString());
                if (name.matches()) {
                  found.add(new Named(Integer.parseInt(name.group(1)), folder));
                }
              });
    }
    found.sort(Comparator.comparingInt(Named::step).reversed());
    return found;
  }

  private Path freeName(String name) {
    Path path = root.resolve(name);
    for (int i = 2; Files.exists(path); i++) {
      path = root.resolve(name + "." + i);
    }
    return path;
  }
}
