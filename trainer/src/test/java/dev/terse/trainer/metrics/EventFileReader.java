package dev.terse.trainer.metrics;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Reads TFRecords as TensorBoard does: stops at the first record that is cut or damaged. */
final class EventFileReader {
  private EventFileReader() {}

  /** The data of the whole records in {@code file}, up to {@code length} bytes. */
  static List<byte[]> records(byte[] file, int length) {
    List<byte[]> records = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(file, 0, length).order(ByteOrder.LITTLE_ENDIAN);
    while (in.remaining() >= RecordFile.HEADER_BYTES) {
      int start = in.position();
      long size = in.getLong();
      if (in.getInt() != RecordFile.maskedCrc(file, start, Long.BYTES)
          || in.remaining() < size + RecordFile.FOOTER_BYTES) {
        break;
      }
      byte[] data = new byte[(int) size];
      in.get(data);
      if (in.getInt() != RecordFile.maskedCrc(data, 0, data.length)) {
        break;
      }
      records.add(data);
    }
    return records;
  }
}
