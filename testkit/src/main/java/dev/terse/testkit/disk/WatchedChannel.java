package dev.terse.testkit.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import org.apache.lucene.tests.mockfile.FilterFileChannel;

/** An open file of a {@link Disk}. It may always be closed: a system does that for the dead. */
final class WatchedChannel extends FilterFileChannel {
  private final Disk disk;
  private final Path path;
  private final Disk.OpenFile file;

  WatchedChannel(FileChannel channel, Disk disk, Path path) {
    super(channel);
    this.disk = disk;
    this.path = path;
    this.file = disk.opened(path, channel);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return disk.write(path, source, super::write);
  }

  @Override
  public int write(ByteBuffer source, long position) throws IOException {
    return disk.write(path, source, bytes -> super.write(bytes, position));
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    long written = 0;
    for (int i = offset; i < offset + length; i++) {
      while (sources[i].hasRemaining()) {
        written += write(sources[i]);
      }
    }
    return written;
  }

  /** By way of {@link #write}, so that it can be cut. */
  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(count, 1 << 16));
    int read = source.read(bytes);
    if (read <= 0) {
      return 0;
    }
    bytes.flip();
    long at = position;
    while (bytes.hasRemaining()) {
      at += write(bytes, at);
    }
    return read;
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    return disk.call(
        Operation.Kind.TRUNCATE,
        path,
        () -> {
          super.truncate(size);
          return this;
        });
  }

  @Override
  public void force(boolean metaData) throws IOException {
    disk.force(path, file, () -> super.force(metaData));
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return disk.call(Operation.Kind.READ, path, () -> super.read(target));
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    return disk.call(Operation.Kind.READ, path, () -> super.read(target, position));
  }
}
