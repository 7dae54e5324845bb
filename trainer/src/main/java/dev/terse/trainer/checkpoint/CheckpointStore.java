package dev.terse.trainer.checkpoint;

import dev.terse.io.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a run: folders {@code checkpoint-N} in one place. A checkpoint is written
 * aside, synced, sealed by its {@link Manifest} and renamed, so it is seen whole or not at all;
 * there is no "latest" file, the newest valid folder is found by looking. The newest valid one is
 * never deleted.
 */
public final class CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);
  private static final Pattern CHECKPOINT = Pattern.compile("checkpoint-([0-9]{1,9})");
  private static final Pattern STAGING = Pattern.compile("\\.tmp-.*-([0-9]{1,18})");

  private final Path root;
  private final int retained;

  /** Fills a folder with the files of a checkpoint. */
  @FunctionalInterface
  public interface Content {
    void writeTo(Path folder) throws IOException;
  }

  /**
   * A valid checkpoint.
   *
   * @param step updates done when it was written
   */
  public record Checkpoint(int step, Path folder) {}

  /**
   * @param root output_dir
   * @param retained newest checkpoints that stay; at least 2, so that a damaged newest one does not
   *     cost the run
   */
  public CheckpointStore(Path root, int retained) {
    if (retained < 2) {
      throw new IllegalArgumentException("at least 2 checkpoints are kept, not " + retained);
    }
    this.root = root;
    this.retained = retained;
  }

  /**
   * Publishes a checkpoint, then deletes those that are not retained.
   *
   * @param best step of a checkpoint that is retained beside the newest
   */
  public void save(int step, Content content, OptionalInt best) throws IOException {
    Files.createDirectories(root);
    removeDeadLeftovers();
    Path staging = staging("checkpoint-" + step);
    try {
      Files.createDirectory(staging);
      content.writeTo(staging);
      Files.writeString(staging.resolve(Manifest.NAME), Manifest.of(staging, step));
      Folders.syncTree(staging);
      publish(staging, root.resolve("checkpoint-" + step));
    } finally {
      Folders.delete(staging);
    }
    retain(best);
  }

  /** The checkpoint of a step, if it is there and whole. */
  public Optional<Checkpoint> at(int step) {
    Path folder = root.resolve("checkpoint-" + step);
    return Files.isDirectory(folder) && Manifest.problem(folder, step).isEmpty()
        ? Optional.of(new Checkpoint(step, folder))
        : Optional.empty();
  }

  /**
   * The newest checkpoint that is whole. Damaged ones that are newer are renamed to {@code
   * damaged-checkpoint-N} and told of; nothing is deleted.
   */
  public Optional<Checkpoint> newestValid() throws IOException {
    for (Checkpoint candidate : newestFirst()) {
      Optional<String> problem = Manifest.problem(candidate.folder(), candidate.step());
      if (problem.isEmpty()) {
        return Optional.of(candidate);
      }
      Path damaged = freeName("damaged-" + candidate.folder().getFileName());
      Files.move(candidate.folder(), damaged, StandardCopyOption.ATOMIC_MOVE);
      LOG.warn(
          "{} is damaged: {}; it is now {}, trying an older one",
          candidate.folder(),
          problem.get(),
          damaged.getFileName());
    }
    return Optional.empty();
  }

  /**
   * The checkpoint in {@code folder}.
   *
   * @throws IllegalArgumentException if it is none, or damaged
   */
  public static Checkpoint open(Path folder) {
    Matcher name = CHECKPOINT.matcher(String.valueOf(folder.getFileName()));
    if (!Files.isDirectory(folder) || !name.matches()) {
      throw new IllegalArgumentException(
          folder + " is no checkpoint: expected a folder named checkpoint-N");
    }
    int step = Integer.parseInt(name.group(1));
    Manifest.problem(folder, step)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(
                  folder + " is damaged: " + problem + "; resume from another checkpoint");
            });
    return new Checkpoint(step, folder);
  }

  private List<Checkpoint> newestFirst() throws IOException {
    List<Checkpoint> found = new ArrayList<>();
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
                  found.add(new Checkpoint(Integer.parseInt(name.group(1)), folder));
                }
              });
    }
    found.sort(Comparator.comparingInt(Checkpoint::step).reversed());
    return found;
  }

  private void publish(Path staging, Path target) throws IOException {
    if (Files.exists(target)) { // a resumed run passes the same step again
      Path old = staging("replaced-" + target.getFileName());
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
      Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
      Folders.sync(root);
      Folders.delete(old);
      return;
    }
    Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
    Folders.sync(root);
  }

  /** Counts valid checkpoints only, so that damaged ones never push out a good one. */
  private void retain(OptionalInt best) throws IOException {
    int valid = 0;
    for (Checkpoint checkpoint : newestFirst()) {
      if (valid >= retained && best.equals(OptionalInt.of(checkpoint.step()))) {
        continue;
      }
      if (valid >= retained) {
        Folders.delete(checkpoint.folder());
      } else if (Manifest.problem(checkpoint.folder(), checkpoint.step()).isEmpty()) {
        valid++;
      }
    }
  }

  private void removeDeadLeftovers() throws IOException {
    List<Path> leftovers = new ArrayList<>();
    try (Stream<Path> entries = Files.list(root)) {
      entries.forEach(
          entry -> {
            Matcher name = STAGING.matcher(entry.getFileName().toString());
            if (name.matches() && !isRunning(Long.parseLong(name.group(1)))) {
              leftovers.add(entry);
            }
          });
    }
    for (Path leftover : leftovers) {
      Folders.delete(leftover);
    }
  }

  private static boolean isRunning(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  private Path staging(String name) {
    return root.resolve(".tmp-" + name + "-" + ProcessHandle.current().pid());
  }

  private Path freeName(String name) {
    Path path = root.resolve(name);
    for (int i = 2; Files.exists(path); i++) {
      path = root.resolve(name + "." + i);
    }
    return path;
  }
}
