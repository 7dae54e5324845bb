package dev.terse.model.gguf;

import dev.terse.io.ForeignContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A GGUF file: its checked header, and the numbers of its tensors. */
final class GgufFile implements AutoCloseable {
  private static final int PIECE_BYTES = 1 << 20;

  private final Path path;
  private final FileChannel channel;
  private final GgufHeader header;

  private GgufFile(Path path, FileChannel channel, GgufHeader header) {
    this.path = path;
    this.channel = channel;
    this.header = header;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws IllegalArgumentException if it is not a sound GGUF file; where it is known what it is
   *     instead, the sentence of {@link ForeignContent}
   * @throws UncheckedIOException if it cannot be read
   */
  static GgufFile open(Path path) {
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        long size = channel.size();
        return new GgufFile(
            path, channel, GgufHeader.read(new GgufReader(channel, size, path), size));
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

  Path path() {
    return path;
  }

  GgufHeader header() {
    return header;
  }

  /** Unpacks {@code count} numbers from number {@code offset} on into {@code target[at..]}. */
  void read(GgufHeader.Entry tensor, long offset, float[] target, int at, int count) {
    if (offset < 0 || count < 0 || offset + count > tensor.elements()) {
      throw new IndexOutOfBoundsException(
          "elements "
              + offset
              + " to "
              + (offset + count)
              + " are outside '"
              + tensor.name()
              + "'");
    }
    GgmlType type = tensor.type();
    int blocksAtOnce = PIECE_BYTES / type.blockBytes();
    long element = offset;
    while (element < offset + count) {
      long block = element / type.blockSize();
      int skip = (int) (element % type.blockSize());
      int wanted = (int) (offset + count - element);
      int blocks =
          (int)
              Math.min(
                  blocksAtOnce, ((long) skip + wanted + type.blockSize() - 1) / type.blockSize());
      ByteBuffer bytes = bytes(tensor, block, blocks);
      int place = at + (int) (element - offset);
      int taken = Math.min(wanted, blocks * type.blockSize() - skip);
      if (skip == 0 && taken == blocks * type.blockSize()) {
        type.unpack(bytes, blocks, target, place);
      } else {
        float[] whole = new float[blocks * type.blockSize()];
        type.unpack(bytes, blocks, whole, 0);
        System.arraycopy(whole, skip, target, place, taken);
      }
      element += taken;
    }
  }

  private ByteBuffer bytes(GgufHeader.Entry tensor, long block, int blocks) {
    int bytes = blocks * tensor.type().blockBytes();
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long from = header.dataStart() + tensor.offset() + block * tensor.type().blockBytes();
    try {
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, from + buffer.position()) < 0) {
          throw new IllegalArgumentException(
              path + " ends inside tensor '" + tensor.name() + "' while it is read");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path + ": " + e.getMessage(), e);
    }
    return buffer;
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
