package dev.terse.cli.project;

import dev.terse.io.AtomicFile;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The configurations and small models inside trainer.jar, under {@code project/}. They are laid out
 * as files for who has the jar alone: a run reads files, and tells them by name.
 */
public final class BuiltInFiles {
  private static final String ROOT = "project";

  private BuiltInFiles() {}

  /** Where they are laid out: {@code .terse/VERSION} in the user's home. */
  static Path home() {
    String version = BuiltInFiles.class.getPackage().getImplementationVersion();
    return Path.of(
        System.getProperty("user.home"), ".terse", version == null ? "classes" : version);
  }

  /** Where the program's own classes are: the jar, or a folder. */
  static Path program() {
    try {
      return Path.of(
          BuiltInFiles.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the program's own location is no path", e);
    }
  }

  /**
   * Lays all of them out in {@code home}; what stands there with the same content is left alone.
   *
   * @param program a jar, or a folder of classes
   * @throws IOException if the program cannot be read, or {@code home} not be written
   */
  static void layOut(Path program, Path home) throws IOException {
    if (Files.isDirectory(program)) {
      copy(program.resolve(ROOT), home);
      return;
    }
    try (FileSystem jar = FileSystems.newFileSystem(program)) {
      copy(jar.getPath(ROOT), home);
    }
  }

  private static void copy(Path from, Path home) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(from)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path target = home.resolve(from.relativize(file).toString());
      byte[] content = Files.readAllBytes(file);
      if (!Files.exists(target) || Files.mismatch(file, target) >= 0) {
        AtomicFile.write(
            target, channel -> AtomicFile.writeFully(channel, ByteBuffer.wrap(content)));
      }
    }
  }
}
