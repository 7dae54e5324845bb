package dev.terse.trainer.metrics;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A file of TFRecords, which is what TensorBoard reads: each record is its length (8 bytes, little
 * endian), a masked CRC32C of the length (4), the data, a masked CRC32C of the data (4).
 *
 * <p>A record is on file whole or not at all: if a write fails half-way, the file is cut back to
 * the last whole record, so that readers, which stop at a damaged record, still see what follows.
 */
final class RecordFile implements AutoCloseable {
  private static final int MASK_DELTA = 0xa282ead8;
  static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;
  static final int FOOTER_BYTES = Integer.BYTES;

  private final FileChannel channel;
  private long wholeBytes;

  /**
   * Creates the file.
   *
   * @throws IOException if it is there already
   */
  RecordFile(Path file) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  void append(byte[] data) throws IOException {
    ByteBuffer record = frame(data);
    try {
      while (record.hasRemaining()) {
        channel.write(record);
      }
      wholeBytes = channel.position();
    } catch (IOException e) {
      channel.truncate(wholeBytes);
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static ByteBuffer frame(byte[] data) {
    ByteBuffer record =
        ByteBuffer.allocate(HEADER_BYTES + data.length + FOOTER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(data.length);
    record.putInt(maskedCrc(record.array(), 0, Long.BYTES));
    return record.put(data).putInt(maskedCrc(data, 0, data.length)).flip();
  }

  /** CRC32C, rotated right by 15 bits plus a constant, as TFRecord wants it. */
  static int maskedCrc(byte[] bytes, int from, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, count);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }
}
