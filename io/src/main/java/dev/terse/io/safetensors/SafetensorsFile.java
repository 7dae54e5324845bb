package dev.terse.io.safetensors;

import dev.terse.io.ForeignContent;
import dev.terse.io.safetensors.SafetensorsHeader.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * One safetensors file, its arrays as bytes. It is read, not mapped: mapped pages would count as
 * this process' memory beside the tensors that they are copied to.
 */
public final class SafetensorsFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private final SafetensorsHeader header;

  private SafetensorsFile(Path path, FileChannel channel, SafetensorsHeader header) {
    this.path = path;
    this.channel = channel;
    this.header = header;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws IllegalArgumentException if it is not a sound safetensors file; one sentence that names
   *     the file, the place, what was expected and what was found, or what it is instead
   * @throws UncheckedIOException if it cannot be read
   */
  public static SafetensorsFile open(Path path) {
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        return new SafetensorsFile(path, channel, readHeader(channel, channel.size(), path));
      } catch (IllegalArgumentException e) {
        channel.close();
        throw new IllegalArgumentException(ForeignContent.of(path).orElse(e.getMessage()), e);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      throw new UncheckedIOException(path + " does not exist", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  private static SafetensorsHeader readHeader(FileChannel channel, long size, Path path)
      throws IOException {
    if (size < Long.BYTES) {
      throw new IllegalArgumentException(
          path + " is not a safetensors file: it has only " + size + " bytes");
    }
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, length, 0, path);
    int headerBytes = SafetensorsHeader.requireLength(length.getLong(0), size, path.toString());
    ByteBuffer header = ByteBuffer.allocate(headerBytes);
    readFully(channel, header, Long.BYTES, path);
    return SafetensorsHeader.parse(header.array(), size, path.toString());
  }

  private static void readFully(FileChannel channel, ByteBuffer to, long position, Path path)
      throws IOException {
    long at = position;
    while (to.hasRemaining()) {
      int count = channel.read(to, at);
      if (count < 0) {
        throw new IllegalArgumentException(path + " ends at byte " + at + " while it is read");
      }
      at += count;
    }
  }

  /** Where it lies. */
  public Path path() {
    return path;
  }

  /** The arrays by name, in the order of their data. */
  public Map<String, Entry> entries() {
    return header.entries();
  }

  /**
   * Fills what remains of {@code target} with bytes of an array.
   *
   * @param offset of the first byte in the array
   */
  public void read(Entry entry, long offset, ByteBuffer target) {
    if (offset < 0 || offset + target.remaining() > entry.bytes()) {
      throw new IndexOutOfBoundsException(
          "bytes "
              + offset
              + " to "
              + (offset + target.remaining())
              + " are outside '"
              + entry.name()
              + "'");
    }
    try {
      readFully(channel, target, header.dataStart() + entry.begin() + offset, path);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + path + ": " + e.getMessage(), e);
    }
  }
}
