package dev.terse.model.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writing of a file that is seen whole or not at all: aside, synced, renamed. */
public final class AtomicFile {

  private AtomicFile() {}

  /** What fills the file. */
  @FunctionalInterface
  public interface Body {
    void writeTo(FileChannel channel) throws IOException;
  }

  /**
   * Replaces {@code path}. If the body fails, what stood there stays.
   *
   * @throws UncheckedIOException naming the path
   */
  public static void write(Path path, Body body) {
    Path aside = path.resolveSibling("." + path.getFileName() + ".tmp");
    try {
      Files.createDirectories(path.toAbsolutePath().getParent());
      try (FileChannel channel =
          FileChannel.open(
              aside,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        body.writeTo(channel);
        channel.force(true);
      }
      Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + path + ": " + e.getMessage(), e);
    } finally {
      deleteQuietly(aside);
    }
  }

  /** Replaces {@code path} by UTF-8 text. */
  public static void write(Path path, String text) {
    write(path, channel -> writeFully(channel, StandardCharsets.UTF_8.encode(text)));
  }

  static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** The failure that led here is the one to tell. */
  private static void deleteQuietly(Path aside) {
    try {
      Files.deleteIfExists(aside);
    } catch (IOException e) {
      // A left-over of this name is overwritten by the next writing.
    }
  }
}
