package dev.terse.model.weights;

import dev.terse.engine.Storage;
import dev.terse.engine.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Set;

/**
 * One safetensors file. It is read, not mapped: mapped pages would count as this process' memory
 * beside the tensors that they are copied to.
 */
public final class SafetensorsFile implements WeightSource {

  /** Bytes read at a time. */
  private static final int BUFFER = 1 << 22;

  private final Path path;
  private final FileChannel channel;
  private final SafetensorsHeader header;
  private ByteBuffer buffer;

  private SafetensorsFile(Path path, FileChannel channel, SafetensorsHeader header) {
    this.path = path;
    this.channel = channel;
    this.header = header;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws IllegalArgumentException if it is not a sound safetensors file; one sentence that names
   *     the file, the place, what was expected and what was found
   * @throws UncheckedIOException if it cannot be read
   */
  public static SafetensorsFile open(Path path) {
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        long size = channel.size();
        return new SafetensorsFile(path, channel, readHeader(channel, size, path));
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
    if (size < 8) {
      throw new IllegalArgumentException(
          path + " is not a safetensors file: it has only " + size + " bytes");
    }
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, length, 0, path);
    int headerBytes = SafetensorsHeader.requireLength(length.getLong(0), size, path.toString());
    ByteBuffer header = ByteBuffer.allocate(headerBytes);
    readFully(channel, header, 8, path);
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

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(header.entries().keySet());
  }

  @Override
  public int[] shape(String name) {
    return entry(name).shape().clone();
  }

  @Override
  public void read(String name, long offset, float[] target, int at, int count) {
    SafetensorsHeader.Entry entry = entry(name);
    DType dtype = dtype(entry);
    long begin = entry.begin() + offset * dtype.bytes();
    if (offset < 0 || begin + (long) count * dtype.bytes() > entry.end()) {
      throw new IndexOutOfBoundsException(
          "elements " + offset + " to " + (offset + count) + " are outside '" + name + "'");
    }
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    }
    int atOnce = BUFFER / dtype.bytes();
    for (int done = 0; done < count; done += atOnce) {
      int piece = Math.min(count - done, atOnce);
      buffer.clear().limit(piece * dtype.bytes());
      fill(buffer, header.dataStart() + begin + (long) done * dtype.bytes());
      dtype.read(buffer.flip(), target, at + done, piece);
    }
  }

  /** Numbers that are bfloat16 here and there are copied as they are. */
  @Override
  public void readInto(String name, Tensor target) {
    SafetensorsHeader.Entry entry = entry(name);
    if (target.storage() != Storage.BFLOAT16 || dtype(entry) != DType.BF16) {
      WeightSource.super.readInto(name, target);
      return;
    }
    byte[] piece = new byte[(int) Math.min(PIECE * Short.BYTES, target.byteSize())];
    for (long offset = 0; offset < target.byteSize(); offset += piece.length) {
      int count = (int) Math.min(piece.length, target.byteSize() - offset);
      fill(ByteBuffer.wrap(piece, 0, count), header.dataStart() + entry.begin() + offset);
      target.writeBytes(offset, piece, 0, count);
    }
  }

  private void fill(ByteBuffer buffer, long position) {
    try {
      readFully(channel, buffer, position, path);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  private DType dtype(SafetensorsHeader.Entry entry) {
    for (DType dtype : DType.values()) {
      if (dtype.name().equals(entry.dtype())) {
        return dtype;
      }
    }
    throw new IllegalArgumentException(
        path
            + ": tensor '"
            + entry.name()
            + "' is "
            + entry.dtype()
            + ", weights must be F32, F16 or BF16");
  }

  private SafetensorsHeader.Entry entry(String name) {
    SafetensorsHeader.Entry entry = header.entries().get(name);
    if (entry == null) {
      throw new IllegalArgumentException(path + " has no tensor '" + name + "'");
    }
    return entry;
  }

  @Override
  public String description() {
    return path.toString();
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
