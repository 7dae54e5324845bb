package dev.terse.trainer.metrics;

import dev.terse.io.AppendedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * A file of TFRecords, which is what TensorBoard reads.
 *
 * <pre>
 * File   --> Record*
 * Record --> Length, Crc(Length), Data, Crc(Data)
 * Length --> bytes of Data, 8 bytes, little-endian
 * Crc    --> CRC32C, rotated right by 15 bits, plus a282ead8, 4 bytes, little-endian
 * </pre>
 */
final class RecordFile implements AutoCloseable {
  private static final int MASK_DELTA = 0xa282ead8;
  static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;
  static final int FOOTER_BYTES = Integer.BYTES;

  private final AppendedFile file;

  /**
   * Creates the file.
   *
   * @throws IOException if it is there already
   */
  RecordFile(Path file) throws IOException {
    this.file = AppendedFile.create(file);
  }

  void append(byte[] data) throws IOException {
    file.append(frame(data));
  }

  @Override
  public void close() throws IOException {
    file.close();
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
