package dev.terse.io.safetensors;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.AtomicFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Writes one safetensors file: first all arrays are named, then their data is written in order. */
public final class SafetensorsWriter {
  private static final int ALIGNMENT = 8; // of the data; the format pads its header with spaces

  private final ObjectNode header = JsonNodeFactory.instance.objectNode();
  private long dataBytes;

  public SafetensorsWriter() {
    header.putObject("__metadata__").put("format", "pt"); // transformers refuses files without it
  }

  /**
   * Names the next array.
   *
   * @param dtype as the format spells it
   */
  public SafetensorsWriter add(String name, String dtype, int... shape) {
    long bytes = SafetensorsHeader.widthOf(dtype);
    ObjectNode entry = header.putObject(name).put("dtype", dtype);
    ArrayNode axes = entry.putArray("shape");
    for (int length : shape) {
      axes.add(length);
      bytes *= length;
    }
    entry.putArray("data_offsets").add(dataBytes).add(dataBytes + bytes);
    dataBytes += bytes;
    return this;
  }

  /**
   * Writes the file.
   *
   * @param data writes the bytes of all arrays in their order
   * @throws UncheckedIOException naming the path; what stood there before then stays
   */
  public void write(Path path, AtomicFile.Body data) {
    AtomicFile.write(
        path,
        channel -> {
          AtomicFile.writeFully(channel, header());
          data.writeTo(channel);
        });
  }

  private ByteBuffer header() {
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(padded).put(text);
    while (bytes.hasRemaining()) {
      bytes.put((byte) ' ');
    }
    return bytes.flip();
  }
}
