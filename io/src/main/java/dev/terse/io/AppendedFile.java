package dev.terse.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that grows record by record. A record is on file whole or not at all: if a write fails
 * half-way, the file is cut back to the last whole one, so that readers, which may stop at a
 * damaged record, still see what follows.
 */
public final class AppendedFile implements AutoCloseable {
  private final FileChannel channel;

  private AppendedFile(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Creates the file.
   *
   * @throws IOException if it is there already
   */
  public static AppendedFile create(Path file) throws IOException {
    return new AppendedFile(
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  /** Opens a file of lines, or creates it; a line that was left unfinished is ended first. */
  public static AppendedFile ofLines(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    long size = channel.size();
    ByteBuffer last = ByteBuffer.allocate(1);
    boolean unfinished = size > 0 && channel.read(last, size - 1) == 1 && last.get(0) != '\n';
    channel.position(size);
    if (unfinished) {
      channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
    }
    return new AppendedFile(channel);
  }

  /** Appends what remains in {@code record}. */
  public void append(ByteBuffer record) throws IOException {
    long whole = channel.position();
    try {
      AtomicFile.writeFully(channel, record);
    } catch (IOException e) {
      cutBack(channel, whole, e);
      throw e;
    }
  }

  /** Drops what was written by half; where that fails too, the first failure is the one to tell. */
  static void cutBack(FileChannel channel, long whole, IOException failure) {
    try {
      channel.truncate(whole);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
