package dev.terse.trainer.checkpoint;

import dev.terse.io.IoSentence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a second trainer out of an output folder. The system releases it when the process ends,
 * however that happens, so there is nothing to clean up.
 */
public final class RunLock implements AutoCloseable {
  private static final String NAME = ".trainer.lock";

  private final FileChannel channel;

  private RunLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes {@code folder}, which is made if it is not there.
   *
   * @throws IllegalArgumentException if another trainer has it
   */
  public static RunLock of(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    try {
      Files.createDirectories(folder);
      return lock(folder, file);
    } catch (IOException e) {
      throw new IOException("cannot take " + folder + ": " + IoSentence.of(e), e);
    }
  }

  private static RunLock lock(Path folder, Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (!locks(channel)) {
      channel.close();
      throw new IllegalArgumentException(
          folder
              + " is in use by another trainer (process "
              + Files.readString(file).strip()
              + "); wait for it, or choose another output_dir");
    }
    channel.truncate(0);
    String pid = ProcessHandle.current().pid() + "\n";
    channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
    return new RunLock(channel);
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
    channel.close();
  }
}
