package dev.terse.io;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Room on the disk of a folder. */
public final class DiskSpace {
  private DiskSpace() {}

  /**
   * Holds what is to be written against what is free.
   *
   * @param bytes about to be written into {@code folder}, which exists
   * @throws IOException if there is less room than that, with both numbers
   */
  public static void require(Path folder, long bytes) throws IOException {
    FileStore disk = Files.getFileStore(folder);
    // A file system that knows no sizes says 0 of everything.
    if (disk.getTotalSpace() > 0 && disk.getUsableSpace() < bytes) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s needs %.1f MB, its disk has %.1f MB free",
              folder,
              bytes / 1e6,
              disk.getUsableSpace() / 1e6));
    }
  }
}
