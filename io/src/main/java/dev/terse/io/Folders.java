package dev.terse.io;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders as a whole. */
public final class Folders {
  /** Windows opens no folder as a file and writes its entries through. */
  private static final boolean OPENS_FOLDERS = File.separatorChar == '/';

  private Folders() {}

  /** Forces the entries of a folder to the disk: which files it holds, not what is in them. */
  public static void sync(Path folder) throws IOException {
    if (OPENS_FOLDERS) {
      syncFile(folder);
    }
  }

  /** Forces all that is in a folder to the disk: files first, then the folders' entries. */
  public static void syncTree(Path folder) throws IOException {
    List<Path> all = contents(folder);
    for (Path file : all) {
      if (Files.isRegularFile(file)) {
        syncFile(file);
      }
    }
    for (Path each : all) {
      if (Files.isDirectory(each)) {
        sync(each);
      }
    }
  }

  /** Deletes a folder and all that is in it, or a file; nothing where there is none. */
  public static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      for (Path each : contents(folder)) {
        Files.delete(each);
      }
    }
  }

  /**
   * As above, and one file in it after all others: while that stands, the folder is known for what
   * it is.
   */
  public static void delete(Path folder, Path last) throws IOException {
    for (Path each : contents(folder)) {
      if (!each.equals(last) && !each.equals(folder)) {
        Files.delete(each);
      }
    }
    Files.deleteIfExists(last);
    Files.delete(folder);
  }

  /** All files and folders, the innermost first and {@code folder} itself last. */
  public static List<Path> contents(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.sorted(Comparator.reverseOrder()).toList();
    }
  }

  /** Forces what is in a file to the disk, whoever wrote it. */
  public static void syncFile(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw IoSentence.at(path, e);
    }
  }
}
