package dev.terse.trainer.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** The identity of a data file: a resumed run must read the one that it began with. */
public final class DataFingerprint {
  private DataFingerprint() {}

  /** CRC32C of the file's bytes, 8 hexadecimal digits. */
  public static String of(Path file) throws IOException {
    return Manifest.checksum(file);
  }
}
