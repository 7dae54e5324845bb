package dev.terse.trainer.checkpoint;

import dev.terse.io.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Checkpoints on their way in and out of an output folder, under names that begin with {@code
 * .tmp-}. Each carries a mark from its first moment to its last, so that what a killed process left
 * is told from a folder of the user's, whatever its name. Only the holder of the {@link RunLock}
 * may come here, so whatever stands here when it does is dead.
 *
 * @param root output_dir
 */
record Staging(Path root) {
  private static final Pattern NAME =
      Pattern.compile("\\.tmp-(replaced-)?checkpoint-[0-9]{1,9}(-[0-9]{1,18})?");
  static final String MARK = ".trainer-temporary";

  /** A new empty folder for {@code checkpoint-N}. */
  Path begin(String checkpoint) throws IOException {
    Path staging = Files.createDirectory(root.resolve(".tmp-" + checkpoint));
    mark(staging);
    return staging;
  }

  /** Gives what was filled its name, durably. The name must be free. */
  void publish(Path staging, Path checkpoint) throws IOException {
    Files.delete(staging.resolve(MARK));
    Folders.syncTree(staging);
    Files.move(staging, checkpoint, StandardCopyOption.ATOMIC_MOVE);
    Folders.sync(root);
  }

  /** Takes a checkpoint's name away at once; {@link #delete} frees its place. */
  Path retire(Path checkpoint) throws IOException {
    Path retired = root.resolve(".tmp-replaced-" + checkpoint.getFileName());
    delete(retired);
    Files.move(checkpoint, retired, StandardCopyOption.ATOMIC_MOVE);
    return retired;
  }

  /** Deletes what stands here, its mark last. */
  void delete(Path staging) throws IOException {
    if (!Files.exists(staging)) {
      return;
    }
    Folders.delete(staging, mark(staging));
  }

  /** Deletes what processes that are gone have left. */
  void clear() throws IOException {
    List<Path> dead = new ArrayList<>();
    try (Stream<Path> entries = Files.list(root)) {
      entries
          .filter(entry -> NAME.matcher(entry.getFileName().toString()).matches())
          .forEach(dead::add);
    }
    for (Path each : dead) {
      if (isOurs(each)) {
        delete(each);
      }
    }
  }

  private static boolean isOurs(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    if (Files.exists(folder.resolve(MARK)) || Files.exists(folder.resolve(Manifest.NAME))) {
      return true;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isEmpty(); // killed before the mark was set
    }
  }

  private static Path mark(Path staging) throws IOException {
    Path mark = staging.resolve(MARK);
    if (!Files.exists(mark)) {
      Files.createFile(mark);
    }
    return mark;
  }
}
