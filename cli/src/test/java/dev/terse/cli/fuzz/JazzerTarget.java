package dev.terse.cli.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Jazzer calls with an input; the property names the reader. */
public final class JazzerTarget {
  static final String READER = "terse.fuzz.reader";
  private static final FuzzedReader TARGET = FuzzedReader.valueOf(System.getProperty(READER));
  private static final Path FOLDER = folder();

  private JazzerTarget() {}

  /** One input; called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    TARGET.holds(bytes, FOLDER);
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("terse-fuzz");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
