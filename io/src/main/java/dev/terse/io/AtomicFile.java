package dev.terse.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that is seen whole or not at all, also after a loss of power: written beside its place as
 * {@code NAME.part}, forced to the disk, renamed, and the folder's entry forced too. Without {@link
 * #commit} what stood there before stays, and folders that were made for the file go.
 */
public final class AtomicFile implements AutoCloseable {
  private final Path path;
  private final Path part;
  private final MadeFolders folders;
  private final FileChannel channel;
  private boolean committed;

  /** What fills the file. */
  @FunctionalInterface
  public interface Body {
    void writeTo(FileChannel channel) throws IOException;
  }

  /** Begins to write {@code path}; missing folders are made. */
  public AtomicFile(Path path) throws IOException {
    this(path, path.resolveSibling(path.getFileName() + ".part"));
  }

  /**
   * @param part its name until it is whole, in the same folder
   */
  AtomicFile(Path path, Path part) throws IOException {
    this.path = path.toAbsolutePath();
    this.part = part.toAbsolutePath();
    this.folders = MadeFolders.of(this.path.getParent());
    this.channel =
        FileChannel.open(
            part,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
  }

  /**
   * Replaces {@code path}. If the body fails, what stood there stays.
   *
   * @throws UncheckedIOException naming the path
   */
  public static void write(Path path, Body body) {
    try (AtomicFile file = new AtomicFile(path)) {
      body.writeTo(file.channel);
      file.commit();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + path + ": " + IoSentence.of(e), e);
    }
  }

  /** Replaces {@code path} by UTF-8 text. */
  public static void write(Path path, String text) {
    write(path, channel -> writeFully(channel, StandardCharsets.UTF_8.encode(text)));
  }

  /** Writes what remains in {@code bytes}. */
  public static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Appends UTF-8 text. */
  public void append(String text) throws IOException {
    try {
      writeFully(channel, StandardCharsets.UTF_8.encode(text));
    } catch (IOException e) {
      throw IoSentence.at(path, e);
    }
  }

  Path path() {
    return path;
  }

  FileChannel channel() {
    return channel;
  }

  /** Gives the file its name. */
  public void commit() throws IOException {
    try {
      channel.force(true);
      channel.close();
    } catch (IOException e) {
      throw IoSentence.at(path, e);
    }
    Files.move(part, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    committed = true;
    Folders.sync(path.getParent());
  }

  /** Ends writing; what was not committed is dropped. */
  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(part);
    if (!committed) {
      folders.deleteEmpty();
    }
  }
}
