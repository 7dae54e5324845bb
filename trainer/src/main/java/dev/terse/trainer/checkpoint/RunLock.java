package dev.terse.trainer.checkpoint;

import dev.terse.io.AtomicFile;
import dev.terse.io.IoSentence;
import dev.terse.io.MadeFolders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Keeps a second trainer out of an output folder. The system releases it when the process ends,
 * however that happens; the file of one that was killed holds nobody off. Any other takes its file
 * back, and the folder if it was made for it and nothing came into it.
 */
public final class RunLock implements AutoCloseable {
  private static final String NAME = ".trainer.lock";

  private final FileChannel channel;
  private final Path file;
  private final MadeFolders folders;

  private RunLock(FileChannel channel, Path file, MadeFolders folders) {
    this.channel = channel;
    this.file = file;
    this.folders = folders;
  }

  /**
   * Takes {@code folder}, which is made if it is not there.
   *
   * @throws IllegalArgumentException if another trainer has it
   */
  public static RunLock of(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    try {
      MadeFolders folders = MadeFolders.of(folder);
      Optional<FileChannel> channel = lock(folder, file);
      while (channel.isEmpty()) { // another run has just ended and deleted it
        channel = lock(folder, file);
      }
      return new RunLock(channel.get(), file, folders);
    } catch (IOException e) {
      throw new IOException("cannot take " + folder + ": " + IoSentence.of(e), e);
    }
  }

  /** Locks the file; empty if it has lost its name. The file is open only where it is locked. */
  private static Optional<FileChannel> lock(Path folder, Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean held = false;
    try {
      if (!locks(channel)) {
        throw new IllegalArgumentException(
            folder
                + " is in use by another trainer (process "
                + Files.readString(file).strip()
                + "); wait for it, or choose another output_dir");
      }
      channel.truncate(0);
      AtomicFile.writeFully(
          channel, ByteBuffer.wrap((pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
      held = isAt(file);
      return held ? Optional.of(channel) : Optional.empty();
    } finally {
      if (!held) {
        channel.close();
      }
    }
  }

  /** Whether the file that was locked still has its name. */
  private static boolean isAt(Path file) throws IOException {
    return Files.exists(file) && Files.readString(file).strip().equals(pid());
  }

  private static String pid() {
    return String.valueOf(ProcessHandle.current().pid());
  }

  private static boolean locks(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock(Long.MAX_VALUE - 1, 1, false); // the text stays readable
      return lock != null;
    } catch (OverlappingFileLockException sameProcess) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(file);
    }
    folders.deleteEmpty();
  }
}
